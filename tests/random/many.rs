//! Many cases on all cores; a failure names its seed.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many cases a test runs: `usual`, or as many times more as `INTERDICT_RANDOM_FACTOR` says.
pub fn cases(usual: u64) -> u64 {
    usual * crate::setting("INTERDICT_RANDOM_FACTOR", 1)
}

/// Runs `case` for the seeds from `INTERDICT_RANDOM_FROM` (0) on. Stops at the first failure.
pub fn in_threads(count: u64, case: impl Fn(u64) + Sync) {
    let first = crate::setting("INTERDICT_RANDOM_FROM", 0);
    let next = AtomicU64::new(first);
    let failure = Mutex::new(None);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            // Debug builds use much stack for deep conditions.
            let worker = std::thread::Builder::new().stack_size(16 << 20);
            let work = || {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count {
                        return;
                    }
                    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| case(seed))) {
                        next.store(u64::MAX / 2, Ordering::Relaxed);
                        eprintln!("failed at seed {seed}");
                        failure.lock().expect("the lock").get_or_insert(panic);
                        return;
                    }
                }
            };
            worker.spawn_scoped(scope, work).expect("a thread");
        }
    });
    if let Some(panic) = failure.into_inner().expect("the lock") {
        resume_unwind(panic);
    }
}
