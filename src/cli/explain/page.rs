//! Explanations as a page.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::{AllFound, Explain, wrong_with};
use crate::cli::records::stop_of;
use crate::cli::{Session, Stop};
use crate::domain::Day;
use crate::io::commit::OutputSet;
use crate::io::errors;
use crate::model::{FieldId, Model, RuleId};
use crate::reference::{Judgement, as_of_days, judge};
use crate::report::explain::explain;
use crate::report::explain_page::{Part, page};
use crate::report::what_if::what_if;
use crate::screen::Screener;

impl Explain {
    /// Writes the page about everything that was found.
    pub(super) fn write_page(
        &self,
        place: &Path,
        screener: &Screener,
        rules: Option<&[RuleId]>,
        found: &AllFound,
        session: &mut Session<'_, '_>,
    ) -> Result<(), Stop> {
        let model = screener.model();
        let judged: Vec<Option<(Vec<Day>, Judgement)>> = found
            .records
            .iter()
            .map(|found| {
                let record = found.record.as_ref().ok()?;
                let days = as_of_days(model, record, self.records.as_of)?;
                let judgement = judge(model, record, &days);
                Some((days, judgement))
            })
            .collect();
        let fields = screener.fields().into_iter().map(|(id, _)| id);
        let fields: Vec<FieldId> = fields.collect();
        let parts = found.records.iter().zip(&judged).map(|(found, judged)| {
            let place = super::place(&found.file, found.row, found.line);
            match (&found.record, judged) {
                (Ok(record), Some((days, judgement))) => Part::Record {
                    place,
                    explanation: explain(model, record, days, judgement, rules),
                    what_if: what_if(model, record, judgement, self.records.as_of),
                    fields: fields.clone(),
                },
                (Err(reject), _) => Part::Rejected {
                    place,
                    key: reject.key.clone().unwrap_or_else(|| "this row".to_owned()),
                    wrong: wrong_with(reject),
                },
                (Ok(_), None) => {
                    unreachable!("internal error: a record without an as-of day is rejected")
                }
            }
        });
        let parts: Vec<Part<'_>> = parts.collect();
        let mut set = OutputSet::new(self.also_read(model));
        let stop = |error: errors::OutputError| stop_of(error.into());
        let mut sink = set.stage(place).map_err(stop)?;
        sink.write_all(page(model, &parts).as_bytes())
            .and_then(|()| sink.flush())
            .map_err(|error| stop(errors::write_failed(sink.name(), "writing", error)))?;
        set.commit(None).map_err(stop)?;
        match *place == *"-" {
            true => Ok(()),
            false => session.say(&format!("wrote {}", place.display())),
        }
    }

    /// Everything that is read and must not be overwritten.
    fn also_read(&self, model: &Model) -> Vec<PathBuf> {
        let policies = model
            .sources
            .iter()
            .map(|(_, file)| PathBuf::from(&file.name));
        let data = model.data_files().into_iter();
        let data = data.map(|file| PathBuf::from(&*file.name));
        let children = self.records.child.iter().map(|(_, path)| path.clone());
        policies
            .chain(data)
            .chain(self.paths.iter().filter(|path| path.is_file()).cloned())
            .chain(self.records.map.clone())
            .chain(children)
            .collect()
    }
}
