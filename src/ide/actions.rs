//! Changes that make messages go away.

use super::{Edit, Finding, Workspace};
use std::path::Path;

/// A change, and the message that it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What it does, in a few words.
    pub title: String,
    /// The change.
    pub edit: Edit,
    /// The message.
    pub finding: Finding,
    /// Whether it is what is meant, or the only one for its place.
    pub preferred: bool,
}

/// The changes that messages between two bytes of a file offer.
pub fn actions(workspace: &mut Workspace, path: &Path, start: usize, end: usize) -> Vec<Action> {
    let findings = workspace.findings().remove(path).unwrap_or_default();
    let touches = |finding: &Finding| finding.spot.start <= end && start <= finding.spot.end;
    let mut actions: Vec<Action> = findings
        .into_iter()
        .filter(touches)
        .filter_map(|finding| action(workspace, finding))
        .collect();
    let alone = actions.len() == 1;
    for action in &mut actions {
        action.preferred = alone || action.finding.is_sure;
    }
    actions
}

fn action(workspace: &Workspace, finding: Finding) -> Option<Action> {
    let (spot, text) = finding.fix.clone()?;
    let source = workspace.text(&spot.path)?;
    let old = source.get(spot.start..spot.end)?;
    Some(Action {
        title: title(old, &text),
        edit: Edit { spot, text },
        finding,
        preferred: false,
    })
}

fn title(old: &str, new: &str) -> String {
    let short = |text: &str| {
        let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(60) {
            Some((at, _)) => format!("{} …", &line[..at]),
            None => line,
        }
    };
    let (from, to) = (short(old), short(new));
    match (old.trim().is_empty(), new.trim().is_empty()) {
        (true, _) => format!("Insert `{to}`"),
        (false, true) => format!("Remove `{from}`"),
        (false, false) => format!("Replace `{from}` by `{to}`"),
    }
}
