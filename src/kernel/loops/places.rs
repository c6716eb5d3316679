//! Some of the records of a batch, or of the elements of their lists.

use std::ops::Range;

/// Places in columns, ascending, as runs of those that follow one another.
#[derive(Clone, Debug, Default)]
pub struct Places {
    runs: Vec<Range<usize>>,
    count: usize,
}

impl Places {
    /// Adds places behind all others.
    pub fn push(&mut self, run: Range<usize>) {
        self.count += run.len();
        match self.runs.last_mut() {
            Some(last) if last.end == run.start => last.end = run.end,
            _ if run.is_empty() => {}
            _ => self.runs.push(run),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn runs(&self) -> &[Range<usize>] {
        &self.runs
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + use<'_> {
        self.runs.iter().flat_map(Range::clone)
    }

    /// What a column has there.
    pub(super) fn of<'c, T>(
        &self,
        column: &'c [T],
    ) -> impl Iterator<Item = &'c T> + use<'_, 'c, T> {
        let runs = self.runs.iter();
        runs.flat_map(|run| &column[run.clone()])
    }
}

impl<R: IntoIterator<Item = usize>> From<R> for Places {
    fn from(places: R) -> Self {
        let mut all = Places::default();
        for place in places {
            all.push(place..place + 1);
        }
        all
    }
}
