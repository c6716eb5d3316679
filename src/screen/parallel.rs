//! Units of work on several threads, their results in input order, a fixed number in flight.

use std::collections::BTreeMap;
use std::sync::mpsc::channel;
use std::sync::{Condvar, Mutex, PoisonError};

/// How far results have been taken.
struct Turn {
    taken: u64,
    stopped: bool,
}

/// Held by a thread while it works: where it panics, the others must not wait for its unit for ever.
struct Watch<'a> {
    turn: &'a Mutex<Turn>,
    moved: &'a Condvar,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let turn = self.turn.lock();
            turn.unwrap_or_else(PoisonError::into_inner).stopped = true;
            self.moved.notify_all();
        }
    }
}

/// Runs `work` on every unit that `next` gives (with its number, counting from 0) and hands the results to `take`
/// in the order of the numbers. At most `threads * 2` units are under way or waiting to be taken.
///
/// Each thread has a state of its own made by `start`. The first error stops the run; which units run where has
/// no effect on what `take` sees.
///
/// # Errors
/// The error of `next` or of the unit with the smallest number that failed, or of `take`.
pub fn in_order<S, U, R: Send, E: Send>(
    threads: usize,
    next: impl Fn() -> Result<Option<(u64, U)>, E> + Sync,
    start: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, U) -> Result<R, E> + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let threads = threads.max(1);
    let window = threads as u64 * 2;
    let turn = Mutex::new(Turn {
        taken: 0,
        stopped: false,
    });
    let moved = Condvar::new();
    let source = Mutex::new(0u64);
    let (sender, receiver) = channel::<(u64, Result<R, E>)>();
    let poisoned = "no thread fails while it holds a turn";
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let sender = sender.clone();
            let (turn, moved, source, next, start, work) =
                (&turn, &moved, &source, &next, &start, &work);
            scope.spawn(move || {
                let _watch = Watch { turn, moved };
                let mut state = start();
                loop {
                    let asked = {
                        let mut given = source.lock().expect(poisoned);
                        let asked = next();
                        if let Ok(Some((number, _))) = &asked {
                            *given = number + 1;
                        }
                        match asked {
                            Ok(Some(unit)) => unit,
                            Ok(None) => return,
                            Err(error) => {
                                let number = *given;
                                let _ = sender.send((number, Err(error)));
                                return;
                            }
                        }
                    };
                    let (number, unit) = asked;
                    let mut at = turn.lock().expect(poisoned);
                    while !at.stopped && number >= at.taken + window {
                        at = moved.wait(at).expect(poisoned);
                    }
                    let stopped = at.stopped;
                    drop(at);
                    if stopped || sender.send((number, work(&mut state, unit))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut result = Ok(());
        for (number, outcome) in receiver {
            waiting.insert(number, outcome);
            let mut at = turn.lock().expect(poisoned).taken;
            while let Some(outcome) = waiting.remove(&at) {
                at += 1;
                if let Err(error) = outcome.and_then(&mut take) {
                    result = Err(error);
                    break;
                }
                turn.lock().expect(poisoned).taken = at;
                moved.notify_all();
            }
            if result.is_err() {
                break;
            }
        }
        turn.lock().expect(poisoned).stopped = true;
        moved.notify_all();
        result
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn run(threads: usize, units: u64, fail_at: Option<u64>) -> (Vec<u64>, Result<(), String>) {
        let given = AtomicU64::new(0);
        let mut taken = Vec::new();
        let result = in_order(
            threads,
            || {
                let number = given.fetch_add(1, Ordering::SeqCst);
                Ok((number < units).then_some((number, number * 10)))
            },
            || (),
            |(), unit| {
                if Some(unit / 10) == fail_at {
                    Err(format!("unit {}", unit / 10))
                } else {
                    Ok(unit)
                }
            },
            |result| {
                taken.push(result);
                Ok(())
            },
        );
        (taken, result)
    }

    #[test]
    fn results_come_in_order_whatever_the_threads() {
        for threads in [1, 2, 3, 8] {
            let (taken, result) = run(threads, 200, None);
            assert_eq!(result, Ok(()));
            assert_eq!(
                taken,
                (0..200).map(|number| number * 10).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn the_first_failure_in_order_is_the_one_reported() {
        for threads in [1, 4] {
            let (taken, result) = run(threads, 100, Some(17));
            assert_eq!(result, Err("unit 17".to_owned()));
            assert_eq!(taken, (0..17).map(|number| number * 10).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_panic_ends_the_run_and_nobody_waits_for_its_unit() {
        let given = AtomicU64::new(0);
        let run = || {
            in_order(
                4,
                || {
                    let number = given.fetch_add(1, Ordering::SeqCst);
                    Ok::<_, ()>((number < 1_000).then_some((number, number)))
                },
                || (),
                |(), unit| match unit {
                    3 => panic!("a fault"),
                    _ => Ok(()),
                },
                |()| Ok(()),
            )
        };
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
        assert!(given.load(Ordering::SeqCst) < 1_000);
    }
}
