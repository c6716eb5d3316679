//! Open texts, the policies they belong to, and what checking these found.
//!
//! A *home* is what is checked together: a folder with rule files, or a file by itself where several of a folder are
//! policies. A home is checked again only when one of its files changed, and only when somebody asks.

use super::desk::Desk;
use super::{Spot, View};
use crate::analysis::lint;
use crate::check::load::{Settings, workspace_file};
use crate::check::{self, CheckOptions, Checked, Files, LoadError};
use crate::diagnostic::{Code, Severity, tidy};
use crate::domain::Day;
use crate::text::Span;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A message at its place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which kind of message; none for a file that could not be read at all.
    pub code: Option<&'static Code>,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, and what to write instead.
    pub message: String,
    /// Where.
    pub spot: Spot,
    /// Other places that matter, and what stands there.
    pub related: Vec<(Spot, String)>,
    /// A change that makes the message go away: its place and the new text.
    pub fix: Option<(Spot, String)>,
    /// Whether the change is what is meant, and not only what is nearest.
    pub is_sure: bool,
}

#[derive(Default)]
struct Home {
    view: Option<Arc<View>>,
    /// The last view without errors.
    good: Option<Arc<View>>,
    fault: Option<LoadError>,
    stale: bool,
}

/// Which home each file has, and which files each home reaches by its own files and their imports.
#[derive(Default)]
struct Reach {
    home_of: FxHashMap<PathBuf, PathBuf>,
    files: BTreeMap<PathBuf, FxHashSet<PathBuf>>,
}

/// Everything an editor has open, and the files around it.
pub struct Workspace {
    desk: Desk,
    roots: Vec<PathBuf>,
    /// The rule files below the roots; nothing where they were not looked for yet.
    files: Option<Arc<[PathBuf]>>,
    /// Nothing where it has to be worked out anew, because files came or went, or import others than before.
    reach: Option<Arc<Reach>>,
    homes: BTreeMap<PathBuf, Home>,
    today: Day,
}

impl Workspace {
    /// A workspace of these folders; `today` is the day on which hints and hovers say what is in force.
    pub fn new(roots: &[PathBuf], today: Day) -> Workspace {
        let roots = roots.iter().filter_map(|root| fs::canonicalize(root).ok());
        Workspace {
            desk: Desk::default(),
            roots: roots.collect(),
            files: None,
            reach: None,
            homes: BTreeMap::new(),
            today,
        }
    }

    /// The day on which hints and hovers say what is in force.
    pub fn today(&self) -> Day {
        self.today
    }

    /// Says another day.
    pub fn set_today(&mut self, today: Day) {
        self.today = today;
    }

    /// Takes in folders, and leaves out others.
    pub fn change_roots(&mut self, added: &[PathBuf], removed: &[PathBuf]) {
        let canonical = |path: &PathBuf| fs::canonicalize(path).ok();
        let removed: Vec<PathBuf> = removed.iter().filter_map(canonical).collect();
        self.roots.retain(|root| !removed.contains(root));
        self.roots.extend(added.iter().filter_map(canonical));
        self.forget_files();
    }

    fn forget_files(&mut self) {
        self.files = None;
        self.reach = None;
    }

    /// The one path of a file, open or on disk.
    pub fn canonical(&self, path: &Path) -> PathBuf {
        if let Ok(path) = self.desk.canonical(path) {
            return path;
        }
        let folder = path
            .parent()
            .and_then(|folder| fs::canonicalize(folder).ok());
        match folder.zip(path.file_name()) {
            Some((folder, name)) => folder.join(name),
            None => path.to_owned(),
        }
    }

    /// Takes a text that stands before the file on disk. Gives the file's path.
    pub fn open(&mut self, path: &Path, text: &str) -> PathBuf {
        let path = self.canonical(path);
        let is_new = !self.desk.is_open(&path);
        let before = self.desk.outlook(&path);
        self.desk.put(path.clone(), text.into());
        if is_new {
            self.forget_files();
        } else if self.desk.outlook(&path) != before {
            self.reach = None;
        }
        self.touch(&path, is_new);
        path
    }

    /// Goes back to the file on disk.
    pub fn close(&mut self, path: &Path) {
        if self.desk.take(path).is_some() {
            self.forget_files();
            self.touch(path, true);
        }
    }

    /// Something on disk changed: everything is looked at anew when it is asked for.
    pub fn disk_changed(&mut self) {
        self.forget_files();
        for home in self.homes.values_mut() {
            home.stale = true;
        }
    }

    /// Marks what depends on a file. `wide`: the files that there are may have changed, too.
    fn touch(&mut self, path: &Path, wide: bool) {
        let folder = path.parent();
        for (root, home) in &mut self.homes {
            let had = home
                .view
                .as_ref()
                .is_some_and(|view| view.file(path).is_some());
            let beside = Some(root.as_path()) == folder || root == path;
            home.stale |= had || beside || wide || home.fault.is_some();
        }
        // A new import may reach what was out of reach, and an import that led nowhere may lead here.
        for home in self.homes.values_mut() {
            let incomplete = home
                .view
                .as_ref()
                .is_some_and(|view| view.checked.units.values().any(|unit| unit.incomplete));
            home.stale |= incomplete;
        }
    }

    /// The text of a file, open or on disk.
    pub fn text(&self, path: &Path) -> Option<Arc<str>> {
        self.desk.text_of(path).ok()
    }

    /// The open files.
    pub fn open_files(&self) -> Vec<PathBuf> {
        self.desk.open().cloned().collect()
    }

    /// The rule files below the roots.
    pub(super) fn all_files(&mut self) -> Arc<[PathBuf]> {
        if let Some(files) = &self.files {
            return Arc::clone(files);
        }
        let mut roots = self.roots.clone();
        for path in self.desk.open() {
            let root = self.desk.root_of(path);
            let marked = workspace_file(path).is_some();
            let known = |root: &PathBuf| roots.iter().any(|known| root.starts_with(known));
            match (root, path.parent()) {
                (Some(root), _) if marked && !known(&root) => roots.push(root),
                (_, Some(folder)) if !known(&folder.to_owned()) => roots.push(folder.to_owned()),
                _ => {}
            }
        }
        let files: Arc<[PathBuf]> = self.desk.all_files(&roots).into();
        self.files = Some(Arc::clone(&files));
        files
    }

    /// What a file is checked with: its folder, or itself where several files of the folder are policies.
    pub(super) fn home_of(&mut self, path: &Path) -> PathBuf {
        let known = self.reach().home_of.get(path).cloned();
        known.unwrap_or_else(|| match path.parent() {
            Some(folder) if self.is_one(folder) => folder.to_owned(),
            Some(_) | None => path.to_owned(),
        })
    }

    /// Whether the files of a folder are checked together.
    fn is_one(&self, folder: &Path) -> bool {
        let files = self.desk.files_in(folder);
        let policies = files.iter().filter(|it| self.desk.outlook(it).is_policy);
        policies.take(2).count() < 2
    }

    fn reach(&mut self) -> Arc<Reach> {
        if let Some(reach) = &self.reach {
            return Arc::clone(reach);
        }
        let files = self.all_files();
        let mut reach = Reach::default();
        let mut together: FxHashMap<&Path, bool> = FxHashMap::default();
        let mut of_home: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
        for file in files.iter() {
            let Some(folder) = file.parent() else {
                continue;
            };
            let is_one = *together
                .entry(folder)
                .or_insert_with(|| self.is_one(folder));
            let home = if is_one { folder } else { file.as_path() };
            reach.home_of.insert(file.clone(), home.to_owned());
            of_home
                .entry(home.to_owned())
                .or_default()
                .push(file.clone());
        }
        let mut imports: FxHashMap<PathBuf, Vec<PathBuf>> = FxHashMap::default();
        for (home, files) in of_home {
            let reached = self.reached(files, &mut imports);
            reach.files.insert(home, reached);
        }
        let reach = Arc::new(reach);
        self.reach = Some(Arc::clone(&reach));
        reach
    }

    /// The files that these import, and so on, and these themselves. `imports`: what is known of single files.
    fn reached(
        &self,
        from: Vec<PathBuf>,
        imports: &mut FxHashMap<PathBuf, Vec<PathBuf>>,
    ) -> FxHashSet<PathBuf> {
        let mut next = from;
        let mut seen: FxHashSet<PathBuf> = next.iter().cloned().collect();
        while let Some(file) = next.pop() {
            let imported = imports.entry(file).or_insert_with_key(|file| {
                let written = self.desk.outlook(file).imports;
                let files = written.iter().map(|it| self.desk.imported(file, it));
                files.flatten().collect()
            });
            for file in imported {
                if seen.insert(file.clone()) {
                    next.push(file.clone());
                }
            }
        }
        seen
    }

    /// Every home that checks `path`: its own first, then those that import it.
    pub(super) fn homes_with(&mut self, path: &Path) -> Vec<PathBuf> {
        let own = self.home_of(path);
        let reach = self.reach();
        let others = reach.files.iter();
        let others = others.filter(|(home, files)| **home != own && files.contains(path));
        let others = others.map(|(home, _)| home.clone());
        std::iter::once(own.clone()).chain(others).collect()
    }

    /// The view of a home, checked anew where a file of it changed.
    fn look(&mut self, home: &Path) -> Option<Arc<View>> {
        let known = self.homes.entry(home.to_owned()).or_insert_with(|| Home {
            stale: true,
            ..Home::default()
        });
        if !known.stale {
            return known.view.clone();
        }
        let checked = check_home(&self.desk, home).map(with_lints);
        let known = self.homes.entry(home.to_owned()).or_default();
        known.stale = false;
        match checked {
            Ok(view) => {
                let view = Arc::new(View::new(view));
                if view.checked.model.is_some() {
                    known.good = Some(Arc::clone(&view));
                }
                known.fault = None;
                known.view = Some(view);
            }
            Err(fault) => {
                known.fault = Some(fault);
                known.view = None;
            }
        }
        known.view.clone()
    }

    /// The file as its own home sees it now.
    pub(super) fn view(&mut self, path: &Path) -> Option<Arc<View>> {
        let home = self.home_of(path);
        self.look(&home)
    }

    /// The file as its own home saw it last, without checking anything anew unless nothing was checked yet.
    pub(super) fn last_view(&mut self, path: &Path) -> Option<Arc<View>> {
        let home = self.home_of(path);
        match self.homes.get(&home).and_then(|home| home.view.clone()) {
            Some(view) => Some(view),
            None => self.look(&home),
        }
    }

    /// The last views without errors of the homes that hold the file, its own first.
    pub(super) fn good_views(&mut self, path: &Path) -> Vec<Arc<View>> {
        let own = self.home_of(path);
        let holds = |home: &&Home| {
            let good = home.good.as_ref();
            good.is_some_and(|view| view.file(path).is_some())
        };
        let first = self.homes.get(&own).into_iter();
        let others = self.homes.iter().filter(|(home, _)| **home != own);
        let all = first.chain(others.map(|(_, home)| home)).filter(holds);
        all.filter_map(|home| home.good.clone()).collect()
    }

    /// Every view that holds the file, checked anew where needed, its own first.
    pub(super) fn views(&mut self, path: &Path) -> Vec<Arc<View>> {
        let homes = self.homes_with(path);
        let views = homes.iter().filter_map(|home| self.look(home));
        let holds = |view: &Arc<View>| view.file(path).is_some();
        views.filter(holds).collect()
    }

    /// Checks what the open files belong to and what imports them. Gives the messages of every file looked at; a file without
    /// messages has an empty list.
    pub fn findings(&mut self) -> BTreeMap<PathBuf, Vec<Finding>> {
        let mut homes: BTreeSet<PathBuf> = BTreeSet::new();
        for path in self.open_files() {
            homes.extend(self.homes_with(&path));
        }
        let mut found: BTreeMap<PathBuf, Vec<Finding>> = BTreeMap::new();
        for home in &homes {
            if let Some(view) = self.look(home) {
                add_findings(&view, &mut found);
            }
            if let Some(fault) = self.homes.get(home).and_then(|home| home.fault.as_ref()) {
                add_fault(home, fault, &self.open_files(), &mut found);
            }
        }
        // What nobody looks at any more needs no keeping.
        self.homes.retain(|home, _| homes.contains(home));
        for list in found.values_mut() {
            list.sort_by_key(|it| (it.spot.start, it.spot.end));
        }
        found
    }

    /// The views that the homes of `spots` would have, were the texts of `texts` in the place of their files.
    pub(super) fn trial(
        &mut self,
        homes: &[PathBuf],
        texts: &BTreeMap<PathBuf, String>,
    ) -> Vec<Result<View, LoadError>> {
        let before: Vec<(PathBuf, Option<Arc<str>>)> = texts
            .keys()
            .map(|path| (path.clone(), self.desk.take(path)))
            .collect();
        for (path, text) in texts {
            self.desk.put(path.clone(), text.as_str().into());
        }
        let views = homes.iter().map(|home| check_home(&self.desk, home));
        let views = views.map(|checked| checked.map(View::new)).collect();
        for (path, text) in before {
            self.desk.take(&path);
            if let Some(text) = text {
                self.desk.put(path, text);
            }
        }
        views
    }
}

fn check_home(desk: &Desk, home: &Path) -> Result<Checked, LoadError> {
    let loaded = check::load_from(desk, &[home.to_owned()])?;
    let settings = settings(home);
    let options = CheckOptions {
        citation_required: settings.citation_required,
        levels: settings.levels,
        ..CheckOptions::default()
    };
    Ok(check::check(loaded, &options))
}

/// Adds what is found by looking at all records at once, as `interdict check` does.
fn with_lints(mut checked: Checked) -> Checked {
    let Some(model) = checked.model.take().map(Arc::new) else {
        return checked;
    };
    let mut found = lint(&model);
    checked.allowed.apply(&mut found);
    checked.diagnostics.extend(found);
    let mut idle = checked.allowed.without_effect();
    checked.allowed.apply(&mut idle);
    checked.diagnostics.extend(idle);
    checked.diagnostics = tidy(checked.diagnostics, &checked.sources);
    checked.model = Some(Arc::unwrap_or_clone(model));
    checked
}

/// What the workspace asks for; a file that says it wrongly counts as one that says nothing.
fn settings(home: &Path) -> Settings {
    let text = workspace_file(home).and_then(|file| fs::read_to_string(file).ok());
    let settings = text.and_then(|text| Settings::read(&text).ok());
    settings.unwrap_or_default()
}

fn add_findings(view: &View, found: &mut BTreeMap<PathBuf, Vec<Finding>>) {
    for path in view.paths() {
        found.entry(path.clone()).or_default();
    }
    for diagnostic in &view.checked.diagnostics {
        let Some(spot) = view.spot(diagnostic.primary.span) else {
            continue;
        };
        let place = |(span, text): (Span, &String)| Some((view.spot(span)?, text.clone()));
        let labels = diagnostic.labels.iter().map(|it| (it.span, &it.text));
        let fix = diagnostic.fix.as_ref();
        let finding = Finding {
            code: Some(diagnostic.code),
            severity: diagnostic.severity,
            is_sure: fix.is_some_and(|fix| fix.sure),
            message: wording(diagnostic),
            related: labels.filter_map(place).collect(),
            fix: fix.and_then(|fix| place((fix.span, &fix.replacement))),
            spot: spot.clone(),
        };
        let list = found.entry(spot.path).or_default();
        if !list.contains(&finding) {
            list.push(finding);
        }
    }
}

/// The message, what stands there, what to write instead, and further facts, a line each.
fn wording(diagnostic: &crate::diagnostic::Diagnostic) -> String {
    let mut text = diagnostic.message.clone();
    if !diagnostic.primary.text.is_empty() {
        text = format!("{text}: {}", diagnostic.primary.text);
    }
    if let Some(help) = &diagnostic.help {
        text = format!("{text}\nhelp: {help}");
    }
    for note in &diagnostic.notes {
        text = format!("{text}\nnote: {note}");
    }
    text
}

/// A home that cannot be read at all: said in each of its open files.
fn add_fault(
    home: &Path,
    fault: &LoadError,
    open: &[PathBuf],
    found: &mut BTreeMap<PathBuf, Vec<Finding>>,
) {
    for path in open.iter().filter(|path| path.starts_with(home)) {
        let finding = Finding {
            code: None,
            severity: Severity::Error,
            is_sure: false,
            message: format!("the policy cannot be read: {fault}"),
            spot: Spot {
                path: path.clone(),
                start: 0,
                end: 0,
            },
            related: Vec::new(),
            fix: None,
        };
        found.entry(path.clone()).or_default().push(finding);
    }
}
