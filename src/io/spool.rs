//! Bytes dealt to numbered buckets, in memory as far as a limit allows and in one temporary file beyond it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

/// Entries by bucket, in the order in which they were added.
pub(super) struct Spool {
    file: Mutex<Option<File>>,
    end: u64,
    buckets: Vec<Bucket>,
    /// Bytes in memory, and the most there may be.
    held: usize,
    limit: usize,
}

/// What is in the file, page by page, and what is not yet. No entry is cut in two.
#[derive(Default)]
struct Bucket {
    pages: Vec<(u64, usize)>,
    rest: Vec<u8>,
}

impl Spool {
    /// An empty one that holds at most about `limit` bytes in memory.
    pub fn new(limit: usize) -> Spool {
        Spool {
            file: Mutex::default(),
            end: 0,
            buckets: Vec::new(),
            held: 0,
            limit,
        }
    }

    /// Adds an entry to a bucket.
    pub fn add(&mut self, bucket: usize, entry: &[&[u8]]) -> io::Result<()> {
        if self.buckets.len() <= bucket {
            self.buckets.resize_with(bucket + 1, Bucket::default);
        }
        let rest = &mut self.buckets[bucket].rest;
        for part in entry {
            rest.extend_from_slice(part);
            self.held += part.len();
        }
        if self.held > self.limit {
            self.spill()?;
        }
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        let slot = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        let file = match slot {
            Some(file) => file,
            None => slot.insert(tempfile::tempfile()?),
        };
        for bucket in self.buckets.iter_mut().filter(|it| !it.rest.is_empty()) {
            file.write_all(&bucket.rest)?;
            bucket.pages.push((self.end, bucket.rest.len()));
            self.end += bucket.rest.len() as u64;
            bucket.rest = Vec::new();
        }
        self.held = 0;
        Ok(())
    }

    /// How many buckets have been added to.
    pub fn buckets(&self) -> usize {
        self.buckets.len()
    }

    /// Shows the entries of a bucket, some at a time, in the order in which they were added.
    pub fn each_page<E: From<io::Error>>(
        &self,
        bucket: usize,
        mut visit: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(bucket) = self.buckets.get(bucket) else {
            return Ok(());
        };
        let mut page = Vec::new();
        for (start, length) in &bucket.pages {
            page.resize(*length, 0);
            self.read_at(*start, &mut page)?;
            visit(&page)?;
        }
        visit(&bucket.rest)
    }

    /// All entries of a bucket.
    pub fn read(&self, bucket: usize) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        self.each_page(bucket, |page| {
            all.extend_from_slice(page);
            Ok::<_, io::Error>(())
        })?;
        Ok(all)
    }

    /// Forgets what of a bucket is in memory.
    pub fn forget(&mut self, bucket: usize) {
        if let Some(bucket) = self.buckets.get_mut(bucket) {
            *bucket = Bucket::default();
        }
    }

    fn read_at(&self, start: u64, page: &mut [u8]) -> io::Result<()> {
        let mut slot = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let file = slot.as_mut().expect("a page is in the file");
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(page)
    }

    /// Whether anything went to the file.
    #[cfg(test)]
    pub fn has_spilled(&self) -> bool {
        self.end > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_in_order_from_memory_and_from_the_file() {
        for limit in [0, 1, 7, 100, usize::MAX] {
            let mut spool = Spool::new(limit);
            for number in 0..60u8 {
                let bucket = usize::from(number % 3);
                spool.add(bucket, &[&[number], b"x"]).expect("room");
            }
            assert_eq!(spool.has_spilled(), limit < 120, "{limit}");
            assert_eq!(spool.buckets(), 3);
            for bucket in 0..3u8 {
                let wanted = (0..20u8).flat_map(|at| [at * 3 + bucket, b'x']);
                let found = spool.read(usize::from(bucket)).expect("it was written");
                assert_eq!(found, wanted.collect::<Vec<_>>(), "{limit}");
            }
            assert!(spool.read(9).expect("nothing is there").is_empty());
        }
    }
}
