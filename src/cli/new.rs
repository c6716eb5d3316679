//! `interdict new`: a policy folder that checks, tests and screens as it stands.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::words::quoted;
use super::{Exit, Session, Stop};

/// Make a policy folder that checks, tests and screens as it stands
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  interdict new my_policy\n  interdict test my_policy\n  \
                  interdict screen my_policy my_policy/records.csv -o decisions.csv"
)]
pub struct New {
    /// The folder to make; its last part names the policy
    #[arg(value_name = "NAME")]
    folder: PathBuf,
}

/// The files of a new policy and what is in them; `{NAME}` and `{FOLDER}` are filled in.
const FILES: [(&str, &str); 3] = [
    ("interdict.toml", include_str!("new/interdict.toml")),
    ("policy.interdict", include_str!("new/policy.interdict")),
    ("records.csv", include_str!("new/records.csv")),
];

impl New {
    pub(super) fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Stop> {
        let name = policy_name(&self.folder)?;
        let folder = super::paths::shown(&self.folder);
        make_folder(&self.folder)?;
        for (file, text) in FILES {
            let text = text.replace("{NAME}", &name).replace("{FOLDER}", &folder);
            let path = self.folder.join(file);
            write_new(&path, &text).map_err(|error| Stop::file("write", &path, &error))?;
        }
        session.say(&format!(
            "made {folder}: a policy, its tests and a few records"
        ))?;
        let (folder, records) = (quoted(&folder), quoted(&format!("{folder}/records.csv")));
        session.say(&format!(
            "next: interdict test {folder}\n      \
             interdict screen {folder} {records} -o decisions.csv"
        ))?;
        Ok(Exit::Done)
    }
}

/// The folder's last part as a name of the language.
fn policy_name(folder: &Path) -> Result<String, Stop> {
    let Some(last) = folder.file_name() else {
        let message = format!("{} does not name a new folder", folder.display());
        return Err(Stop::usage(message).help("write `interdict new my_policy`"));
    };
    let mut name: String = last
        .to_string_lossy()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name.insert_str(0, "policy_");
    }
    Ok(name)
}

/// Makes the folder; one that is there must be empty, so that nothing is ever overwritten.
fn make_folder(folder: &Path) -> Result<(), Stop> {
    let failed = |error: &io::Error| Stop::file("make", folder, error);
    fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    let mut entries = fs::read_dir(folder).map_err(|error| failed(&error))?;
    if entries.next().is_some() {
        let message = format!("{} is there already and is not empty", folder.display());
        return Err(Stop::usage(message).help("choose a name that is not taken"));
    }
    Ok(())
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)?
        .write_all(text.as_bytes())
}
