//! Limits on the syntax tree of a document that do not depend on variables.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned,
    parser::types::{Directive, ExecutableDocument, Selection, SelectionSet},
};

use super::{
    Limits, Rejection,
    rejection::{fixed, within},
    step_counter::StepCounter,
};

/// The size of a selection with fragments expanded. Sums saturate.
#[derive(Clone, Copy, Default)]
struct Measure {
    selections: u64,
    depth: u64,
    top: u64,
    introspection: u64,
    /// Nesting depth of lists of types. Each level multiplies the size of an introspection response.
    introspection_lists: u64,
}

/// Maximum nesting depth of lists of types, the same as in graphql-js's rule on introspection depth.
const INTROSPECTION_LISTS: u64 = 2;

pub(super) fn check(
    document: &ExecutableDocument,
    limits: &Limits,
    introspection: bool,
    work: &mut StepCounter,
) -> Result<(), Rejection> {
    within("fragments", document.fragments.len() as u64, limits.max_fragments, "--max-fragments")?;
    within("operations", document.operations.iter().count() as u64, limits.max_operations, "--max-operations")?;
    let (mut aliases, mut directives) = (0, 0);
    for fragment in document.fragments.values() {
        directives += fragment.node.directives.len() as u64;
        count(&fragment.node.selection_set.node, &mut aliases, &mut directives);
    }
    for (_, operation) in document.operations.iter() {
        let variables = &operation.node.variable_definitions;
        within("variables", variables.len() as u64, limits.max_variables, "--max-variables")?;
        directives += operation.node.directives.len() as u64;
        directives += variables.iter().map(|variable| variable.node.directives.len() as u64).sum::<u64>();
        count(&operation.node.selection_set.node, &mut aliases, &mut directives);
    }
    within("aliases", aliases, limits.max_aliases, "--max-aliases")?;
    within("directives", directives, limits.max_directives, "--max-directives")?;

    let mut walk = Walk { document, fragments: HashMap::new(), work };
    // Check unused fragments too, since validation walks them.
    let mut names: Vec<&str> = document.fragments.keys().map(Name::as_str).collect();
    names.sort_unstable();
    for name in names {
        check_measure(walk.fragment(name)?, limits, introspection)?;
    }
    for (_, operation) in document.operations.iter() {
        let measure = walk.set(&operation.node.selection_set.node)?;
        within("root fields", measure.top, limits.max_root_fields, "--max-root-fields")?;
        check_measure(measure, limits, introspection)?;
    }
    Ok(())
}

fn check_measure(measure: Measure, limits: &Limits, introspection: bool) -> Result<(), Rejection> {
    if measure.introspection > 0 && !introspection {
        return Err(Rejection::Introspection);
    }
    within("depth", measure.depth, limits.max_depth, "--max-depth")?;
    within("selections", measure.selections, limits.max_selections, "--max-selections")?;
    within("introspection", measure.introspection, limits.max_introspection, "--max-introspection")?;
    fixed("lists within lists of an introspection", measure.introspection_lists, INTROSPECTION_LISTS)
}

/// Counts aliases and directives as written, without expanding fragments.
fn count(set: &SelectionSet, aliases: &mut u64, directives: &mut u64) {
    for item in &set.items {
        let (own, below): (&[Positioned<Directive>], _) = match &item.node {
            Selection::Field(field) => {
                *aliases += u64::from(field.node.alias.is_some());
                (&field.node.directives, Some(&field.node.selection_set))
            }
            Selection::FragmentSpread(spread) => (&spread.node.directives, None),
            Selection::InlineFragment(fragment) => (&fragment.node.directives, Some(&fragment.node.selection_set)),
        };
        *directives += own.len() as u64;
        if let Some(below) = below {
            count(&below.node, aliases, directives);
        }
    }
}

/// Measures each fragment once.
struct Walk<'d> {
    document: &'d ExecutableDocument,
    /// `None` while a fragment is being measured.
    fragments: HashMap<&'d str, Option<Measure>>,
    work: &'d mut StepCounter,
}

impl<'d> Walk<'d> {
    fn fragment(&mut self, name: &str) -> Result<Measure, Rejection> {
        match self.fragments.get(name) {
            Some(Some(measure)) => return Ok(*measure),
            Some(None) => {
                let at = self.document.fragments.get(name).map(|fragment| fragment.pos).unwrap_or_default();
                return Err(Rejection::Circular { fragment: name.to_owned(), at });
            }
            None => {}
        }
        // Validation reports missing fragments.
        let document: &'d ExecutableDocument = self.document;
        let Some((name, fragment)) = document.fragments.get_key_value(name) else { return Ok(Measure::default()) };
        self.fragments.insert(name.as_str(), None);
        let measure = self.set(&fragment.node.selection_set.node)?;
        self.fragments.insert(name.as_str(), Some(measure));
        Ok(measure)
    }

    fn set(&mut self, set: &'d SelectionSet) -> Result<Measure, Rejection> {
        let mut sum = Measure::default();
        for item in &set.items {
            self.work.step();
            let part = match &item.node {
                Selection::Field(field) => {
                    let below = self.set(&field.node.selection_set.node)?;
                    field_measure(field.node.name.node.as_str(), below)
                }
                Selection::FragmentSpread(spread) => {
                    let inside = self.fragment(&spread.node.fragment_name.node)?;
                    Measure { selections: inside.selections.saturating_add(1), ..inside }
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.node.selection_set.node)?,
            };
            sum = Measure {
                selections: sum.selections.saturating_add(part.selections),
                depth: sum.depth.max(part.depth),
                top: sum.top.saturating_add(part.top),
                introspection: sum.introspection.saturating_add(part.introspection),
                introspection_lists: sum.introspection_lists.max(part.introspection_lists),
            };
        }
        Ok(sum)
    }
}

fn field_measure(name: &str, below: Measure) -> Measure {
    if matches!(name, "__schema" | "__type") {
        let introspection = below.introspection.saturating_add(below.selections).saturating_add(1);
        let introspection_lists = below.introspection_lists;
        return Measure { selections: 0, depth: 1, top: 1, introspection, introspection_lists };
    }
    let list = matches!(name, "fields" | "interfaces" | "possibleTypes" | "inputFields");
    Measure {
        selections: below.selections.saturating_add(1),
        depth: below.depth.saturating_add(1),
        top: 1,
        introspection: below.introspection,
        introspection_lists: below.introspection_lists + u64::from(list),
    }
}
