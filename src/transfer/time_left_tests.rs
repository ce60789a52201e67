//! The time left, told while a network that is made up moves files as the queue does, against the time it then took.

use std::collections::VecDeque;

use super::{Left, Progress, SMALL_FILE};

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
/// Bytes of a part, parts and small files under way at a time, and connections, as in a browser.
const PART: u64 = 8 * MIB;
const PARTS: usize = 4;
const SMALL: usize = 12;
const CONNECTIONS: usize = 6;
/// Seconds of a step.
const STEP: f64 = 0.02;

struct Network {
    /// Bytes per second, shared by all.
    bandwidth: f64,
    /// Seconds that every request waits.
    latency: f64,
    /// What becomes of the bandwidth, at a second.
    share: fn(f64) -> f64,
    /// All is paused from one second to another.
    paused: std::ops::Range<f64>,
}

const FAST: Network = Network {
    bandwidth: 50.0 * MIB as f64,
    latency: 0.06,
    share: |_| 1.0,
    paused: 0.0..0.0,
};

struct Request {
    file: usize,
    wait: f64,
    bytes: f64,
}

/// How wrong it was, as a factor: the time told by the time it took, or the other way round.
#[derive(Debug)]
struct Error {
    median: f64,
    of_ten: f64,
    told: usize,
    of: usize,
}

fn simulate(sizes: &[u64], network: &Network) -> Error {
    let (mut progress, mut left) = (Progress::default(), Left::default());
    let mut moved = vec![0.0f64; sizes.len()];
    let mut seen = vec![0u64; sizes.len()];
    sizes
        .iter()
        .for_each(|&size| left.change(Left::of(size, 0), |sum, by| *sum += by));
    let of_kind = |is_small: bool| (0..sizes.len()).filter(move |&file| (sizes[file] <= SMALL_FILE) == is_small);
    let mut small: VecDeque<usize> = of_kind(true).collect();
    let mut parts: VecDeque<(usize, u64)> = of_kind(false)
        .flat_map(|file| (0..sizes[file].div_ceil(PART)).map(move |part| (file, PART.min(sizes[file] - part * PART))))
        .collect();
    let (mut line, mut connected) = (VecDeque::new(), Vec::<Request>::new());
    let (mut small_going, mut parts_going) = (0, 0);
    let (mut told, mut second, mut steps, mut rested) = (Vec::new(), 1.0, 0u32, 0.0);
    loop {
        let now = f64::from(steps) * STEP;
        steps += 1;
        let paused = network.paused.contains(&now);
        let request = |file, bytes: u64| Request {
            file,
            wait: network.latency,
            bytes: bytes as f64,
        };
        while small_going < SMALL && !small.is_empty() {
            small_going += 1;
            line.extend(small.pop_front().map(|file| request(file, sizes[file])));
        }
        while parts_going < PARTS && !parts.is_empty() {
            parts_going += 1;
            line.extend(parts.pop_front().map(|(file, bytes)| request(file, bytes)));
        }
        while connected.len() < CONNECTIONS && !line.is_empty() {
            connected.extend(line.pop_front());
        }
        if connected.is_empty() {
            return error(&told, now - rested);
        }
        let sending = connected.iter().filter(|request| request.wait <= 0.0).count();
        let each = network.bandwidth * (network.share)(now) * STEP / sending.max(1) as f64;
        let mut changed = Vec::new();
        connected.retain_mut(|request| {
            if paused {
                return true;
            }
            if request.wait > 0.0 {
                request.wait -= STEP;
                return true;
            }
            let sent = each.min(request.bytes);
            request.bytes -= sent;
            moved[request.file] += sent;
            let is_done = request.bytes <= 0.0;
            changed.push((request.file, is_done));
            if is_done {
                *if sizes[request.file] <= SMALL_FILE {
                    &mut small_going
                } else {
                    &mut parts_going
                } -= 1;
            }
            !is_done
        });
        for (file, is_done) in changed {
            let (size, before) = (sizes[file], seen[file]);
            let is_over = is_done && size <= SMALL_FILE;
            seen[file] = if is_over {
                size
            } else {
                (moved[file].round() as u64).min(size)
            };
            progress.moved(size, before, seen[file]);
            left.change(Left::of(size, before), |sum, by| *sum -= by);
            if is_over {
                progress.ended(size, size);
            } else {
                left.change(Left::of(size, seen[file]), |sum, by| *sum += by);
            }
        }
        if paused {
            rested += STEP;
            // As the queue does when nothing runs.
            progress = Progress::default();
        } else if now >= second {
            second = now + 1.0;
            told.push((now - rested, left.seconds(&progress.pace(now * 1000.0))));
        }
    }
}

/// Of what was told until three seconds before the end.
fn error(told: &[(f64, Option<f64>)], end: f64) -> Error {
    let told: Vec<_> = told.iter().filter(|(at, _)| end - at > 3.0).collect();
    let factor = |(at, left): &&(f64, Option<f64>)| left.map(|left| (left / (end - at)).max((end - at) / left));
    let mut factors: Vec<f64> = told.iter().filter_map(factor).collect();
    factors.sort_by(f64::total_cmp);
    Error {
        median: factors[factors.len() / 2],
        of_ten: factors[factors.len() * 9 / 10],
        told: factors.len(),
        of: told.len(),
    }
}

#[track_caller]
fn check(sizes: &[u64], network: &Network, median: f64, of_ten: f64) {
    let error = simulate(sizes, network);
    assert!(error.median <= median && error.of_ten <= of_ten, "{error:?}");
    assert!(error.told + 3 >= error.of, "not told: {error:?}");
}

fn files(kinds: &[(usize, u64)]) -> Vec<u64> {
    kinds
        .iter()
        .flat_map(|&(count, size)| std::iter::repeat_n(size, count))
        .collect()
}

#[test]
fn a_large_file_beside_many_small_ones() {
    let fast = Network {
        bandwidth: 100.0 * MIB as f64,
        ..FAST
    };
    let slow = Network {
        bandwidth: 5.0 * MIB as f64,
        ..FAST
    };
    check(&files(&[(1, 20 * GIB), (5000, 10 * KIB)]), &fast, 1.3, 1.5);
    check(&files(&[(1, 2 * GIB), (5000, 10 * KIB)]), &slow, 1.05, 1.1);
    check(&files(&[(1, GIB), (20_000, 10 * KIB)]), &FAST, 1.05, 1.1);
    check(&files(&[(1, GIB), (3000, MIB)]), &FAST, 1.1, 1.3);
    check(&files(&[(1, 5 * GIB), (3000, MIB)]), &FAST, 1.05, 1.1);
    check(&files(&[(1, 2 * GIB), (5000, 100 * KIB)]), &FAST, 1.05, 1.1);
}

#[test]
fn files_of_one_kind() {
    check(&files(&[(10, 700 * MIB)]), &FAST, 1.05, 1.1);
    check(&files(&[(5000, 10 * KIB)]), &FAST, 1.05, 1.05);
    let slow = Network {
        bandwidth: 0.1 * MIB as f64,
        ..FAST
    };
    check(&files(&[(40, MIB)]), &slow, 1.05, 1.1);
}

#[test]
fn small_files_of_other_sizes_than_those_before() {
    let network = Network {
        bandwidth: 20.0 * MIB as f64,
        ..FAST
    };
    check(&files(&[(3000, 2 * KIB), (1000, MIB)]), &network, 1.05, 1.1);
    check(&files(&[(1000, MIB), (5000, 2 * KIB)]), &network, 1.05, 1.1);
}

#[test]
fn a_pause_is_forgotten() {
    let network = Network {
        bandwidth: 40.0 * MIB as f64,
        paused: 20.0..50.0,
        ..FAST
    };
    check(&files(&[(1, 4 * GIB), (5000, 10 * KIB)]), &network, 1.05, 1.1);
}

#[test]
fn a_network_that_slows_down_is_noticed() {
    // The first tenth of the time, nobody can know.
    let network = Network {
        bandwidth: 40.0 * MIB as f64,
        share: |second| if second < 20.0 { 1.0 } else { 0.25 },
        ..FAST
    };
    check(&files(&[(1, 4 * GIB), (2000, 10 * KIB)]), &network, 1.05, 1.1);
}
