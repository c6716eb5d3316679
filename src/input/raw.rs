//! The bytes of a file: counted as stored, hashed where they come from standard input, unpacked.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::files::{Compression, InputFile};
use crate::input::errors::{self, InputError};
use crate::input::hash::hex;

/// Bytes asked of the system at a time when unpacking.
const PACKED_BUFFER: usize = 1 << 18;

/// The hash of what was read of standard input so far.
#[derive(Clone, Default)]
pub(crate) struct RunningHash(Arc<Mutex<Sha256>>);

impl RunningHash {
    fn update(&self, bytes: &[u8]) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .update(bytes);
    }

    /// The hash in hexadecimal.
    pub fn hex(&self) -> String {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hex(&state.clone().finalize())
    }
}

/// Counts and, where asked, hashes what goes through it.
struct Counted<R> {
    inner: R,
    count: Arc<AtomicU64>,
    hash: Option<RunningHash>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        if let Some(hash) = &self.hash {
            hash.update(&bytes[..read]);
        }
        Ok(read)
    }
}

/// Opens `file` for reading from its start, unpacked.
pub(crate) fn open_bytes(
    file: &InputFile,
    count: &Arc<AtomicU64>,
    hash: &RunningHash,
) -> Result<Box<dyn Read + Send>, InputError> {
    let (inner, hash): (Box<dyn Read + Send>, _) = match &file.path {
        None => (Box::new(io::stdin()), Some(hash.clone())),
        Some(path) => {
            let opened = File::open(path)
                .map_err(|error| errors::io_failed(&file.name, "opening", error))?;
            (Box::new(opened), None)
        }
    };
    let counted = Counted {
        inner,
        count: Arc::clone(count),
        hash,
    };
    let packed = |counted| BufReader::with_capacity(PACKED_BUFFER, counted);
    Ok(match file.kind.compression {
        Compression::Plain => Box::new(counted),
        Compression::Gzip => Box::new(MultiGzDecoder::new(packed(counted))),
        Compression::Zstd => Box::new(
            zstd::stream::read::Decoder::with_buffer(packed(counted))
                .map_err(|error| errors::reading_failed(&file.name, error))?,
        ),
    })
}
