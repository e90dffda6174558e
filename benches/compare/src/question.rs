//! The five questions that every contender is asked, each with one variable.

use serde::{Deserialize, Serialize};

/// A question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Question {
    /// One row by a key.
    Point,
    /// The seasons of one show with their full cast.
    Cast,
    /// The credits of a person, their characters, and who else played those where.
    Others,
    /// Fifty shows with three seasons with ten credits each.
    Shows,
    /// People whose name has a beginning, with the number of their credits.
    People,
}

macro_rules! texts {
    ($question:expr, $folder:literal, $kind:literal) => {
        match $question {
            Question::Point => include_str!(concat!("../questions/", $folder, "/point.", $kind)),
            Question::Cast => include_str!(concat!("../questions/", $folder, "/cast.", $kind)),
            Question::Others => include_str!(concat!("../questions/", $folder, "/others.", $kind)),
            Question::Shows => include_str!(concat!("../questions/", $folder, "/shows.", $kind)),
            Question::People => include_str!(concat!("../questions/", $folder, "/people.", $kind)),
        }
    };
}

impl Question {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 5] = [Self::Point, Self::Cast, Self::Others, Self::Shows, Self::People];

    /// The heading of its table.
    pub fn title(self) -> &'static str {
        match self {
            Self::Point => "One show by its slug",
            Self::Cast => "A show's seasons with their full cast",
            Self::Others => "A person's credits, their characters and who else played them where",
            Self::Shows => "50 shows with three seasons with ten credits each",
            Self::People => "20 people by the beginning of their name, with credit counts",
        }
    }

    /// Its path at the servers of this program.
    pub fn path(self) -> &'static str {
        match self {
            Self::Point => "/point",
            Self::Cast => "/cast",
            Self::Others => "/others",
            Self::Shows => "/shows",
            Self::People => "/people",
        }
    }

    /// The document for castgraph.
    pub fn castgraph(self) -> &'static str {
        texts!(self, "castgraph", "graphql")
    }

    /// The document for `PostGraphile`.
    pub fn postgraphile(self) -> &'static str {
        texts!(self, "postgraphile", "graphql")
    }

    /// The document for Mercurius.
    pub fn mercurius(self) -> &'static str {
        texts!(self, "mercurius", "graphql")
    }

    /// The document for Seaography.
    pub fn seaography(self) -> &'static str {
        texts!(self, "seaography", "graphql")
    }

    /// The statement that answers it at once.
    pub fn statement(self) -> &'static str {
        texts!(self, "handwritten", "sql")
    }
}
