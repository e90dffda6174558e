//! One person's work in one season, film or show: an actor's as one character, or a job behind the camera.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One person's work in one season, film or show: an actor's as one character, or a job behind the camera.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "credit")]
pub struct Model {
    /// Number within this database; the API shows it only inside global ids.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Who.
    pub person_id: i32,
    /// In what show.
    pub show_id: i32,
    /// In which season; empty for films and for work on a show as a whole.
    pub season_id: Option<i32>,
    /// As whom, if the job is acting.
    pub character_id: Option<i32>,
    /// What the person did.
    pub job: Job,
    /// How prominently an actor is credited.
    pub billing: Option<Billing>,
    /// Place in the credits among those of the same job and billing, from 1.
    pub position: Option<i32>,
    /// Which part of the performance is the actor's.
    pub part: Option<Part>,
    /// The name in the credits, where it differs from the person's.
    pub credited_as: Option<String>,
    /// Sort key that the database makes of job, billing and position; the cast of a show comes before its crew.
    pub rank: i32,
    /// Who.
    #[sea_orm(belongs_to, from = "person_id", to = "id")]
    #[serde(skip)]
    pub person: BelongsTo<super::person::Entity>,
    /// In what show.
    #[sea_orm(belongs_to, from = "show_id", to = "id")]
    #[serde(skip)]
    pub show: BelongsTo<super::show::Entity>,
    /// In which season.
    #[sea_orm(belongs_to, from = "season_id", to = "id")]
    #[serde(skip)]
    pub season: BelongsTo<Option<super::season::Entity>>,
    /// As whom.
    #[sea_orm(belongs_to, from = "character_id", to = "id")]
    #[serde(skip)]
    pub character: BelongsTo<Option<super::character::Entity>>,
    /// The episodes that it is known to cover.
    #[sea_orm(has_many)]
    #[serde(skip)]
    pub appearances: HasMany<super::appearance::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a person did. The numbers are the order of the jobs in a list of credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "i32", db_type = "Integer")]
#[serde(try_from = "i32", into = "i32")]
pub enum Job {
    /// Played a character.
    Actor = 0,
    /// Thought up the show.
    Creator = 10,
    /// Led the writing and making of a season.
    Showrunner = 20,
    /// Was executive producer.
    ExecutiveProducer = 30,
    /// Directed.
    Director = 40,
    /// Wrote.
    Writer = 50,
    /// Wrote the story that others made into a script.
    Story = 51,
    /// Made a story into a script.
    Teleplay = 52,
    /// Composed the music.
    Composer = 60,
}

/// How prominently an actor is credited, the most prominent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "i32", db_type = "Integer")]
#[serde(try_from = "i32", into = "i32")]
pub enum Billing {
    /// In the opening credits.
    Main = 10,
    /// Named as a special guest star.
    SpecialGuest = 20,
    /// Regular, but not in the opening credits.
    Supporting = 30,
    /// In several episodes.
    Recurring = 40,
    /// Guest star.
    Guest = 50,
    /// Co-star.
    CoStar = 60,
    /// Not known.
    Unspecified = 90,
}

/// Which part of a performance is an actor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Part {
    /// Seen on the screen.
    Screen,
    /// Heard only.
    Voice,
    /// Seen, with another's voice.
    Body,
}

impl TryFrom<i32> for Job {
    type Error = DbErr;

    fn try_from(number: i32) -> Result<Self, DbErr> {
        ActiveEnum::try_from_value(&number)
    }
}

impl From<Job> for i32 {
    fn from(job: Job) -> Self {
        job.to_value()
    }
}

impl TryFrom<i32> for Billing {
    type Error = DbErr;

    fn try_from(number: i32) -> Result<Self, DbErr> {
        ActiveEnum::try_from_value(&number)
    }
}

impl From<Billing> for i32 {
    fn from(billing: Billing) -> Self {
        billing.to_value()
    }
}
