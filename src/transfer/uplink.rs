//! How much is sent at a time.
//!
//! What the browser was given to send waits for one of its six connections to a host (HTTP/1.1), and so does every other
//! request; whoever waits there looks as if nothing moved. So no more is given to it than the network takes soon. A fast one
//! takes all there is.

use super::{Lane, Meter};

/// What is under way is to be sent within this time, seconds: half as long as a body may stand still.
const SOON: f64 = 20.0;
/// No network that anybody uploads with is slower than this, bytes per second.
const SLOWEST: f64 = 32.0 * 1024.0;

/// The bodies under way, and how fast they go.
#[derive(Debug, Default)]
pub struct Uplink {
    meter: Meter,
    sent: u64,
    under_way: [Load; 3],
}

/// What is under way of one lane.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    bodies: usize,
    bytes: u64,
}

/// So many may always be under way, however slow the network is. Of six connections this leaves one to all other requests.
fn always(lane: Lane) -> usize {
    match lane {
        Lane::LargeUploads => 3,
        Lane::SmallUploads | Lane::Downloads => 2,
    }
}

impl Uplink {
    /// Whether a body of so many bytes may be sent now.
    pub fn may_start(&mut self, now_ms: f64, lane: Lane, bytes: u64) -> bool {
        // Also what has not moved since counts.
        self.meter.record(now_ms, self.sent);
        let load = &self.under_way[lane as usize];
        load.bodies < always(lane) || (load.bytes + bytes) as f64 <= self.meter.sustained().max(SLOWEST) * SOON
    }

    /// It is being sent, until [`Uplink::ended`].
    pub fn started(&mut self, lane: Lane, bytes: u64) {
        let load = &mut self.under_way[lane as usize];
        (load.bodies, load.bytes) = (load.bodies + 1, load.bytes + bytes);
    }

    /// So many more bytes have gone out.
    pub fn moved(&mut self, now_ms: f64, bytes: u64) {
        self.sent += bytes;
        self.meter.record(now_ms, self.sent);
    }

    /// A body that was started is sent, or given up.
    pub fn ended(&mut self, lane: Lane, bytes: u64) {
        let load = &mut self.under_way[lane as usize];
        (load.bodies, load.bytes) = (load.bodies - 1, load.bytes - bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    /// Starts what may start, up to `most` bodies of this length; gives how many that were.
    fn fill(uplink: &mut Uplink, now_ms: f64, lane: Lane, bytes: u64, most: usize) -> usize {
        let may = |_: &usize| {
            let may = uplink.may_start(now_ms, lane, bytes);
            if may {
                uplink.started(lane, bytes);
            }
            may
        };
        (0..most).take_while(may).count()
    }

    fn moving(bytes_per_second: u64) -> Uplink {
        let mut uplink = Uplink::default();
        (-30..=20).for_each(|tenth| uplink.moved(f64::from(tenth) * 100.0, bytes_per_second / 10));
        uplink
    }

    #[test]
    fn a_slow_network_leaves_a_connection_to_others() {
        for mut uplink in [Uplink::default(), moving(60_000)] {
            let large = fill(&mut uplink, 2_000.0, Lane::LargeUploads, 8 * MIB, 6);
            let small = fill(&mut uplink, 2_000.0, Lane::SmallUploads, MIB, 12);
            assert_eq!((large, small), (3, 2), "of six");
            uplink.ended(Lane::SmallUploads, MIB);
            assert_eq!(fill(&mut uplink, 2_000.0, Lane::SmallUploads, MIB, 12), 1);
        }
    }

    #[test]
    fn a_fast_network_gets_all_there_is() {
        let mut uplink = moving(5_000_000);
        assert_eq!(fill(&mut uplink, 2_000.0, Lane::LargeUploads, 8 * MIB, 6), 6);
        assert_eq!(fill(&mut uplink, 2_000.0, Lane::SmallUploads, MIB, 12), 12);
    }

    #[test]
    fn a_network_that_was_fast_and_stands_still_is_not_fast() {
        let mut uplink = moving(5_000_000);
        (0..100).for_each(|tenth| {
            let _ = uplink.may_start(2_000.0 + f64::from(tenth) * 100.0, Lane::LargeUploads, MIB);
        });
        assert_eq!(fill(&mut uplink, 12_000.0, Lane::LargeUploads, 8 * MIB, 6), 3);
    }

    #[test]
    fn tiny_files_go_together_before_anything_is_known() {
        let mut uplink = Uplink::default();
        assert_eq!(fill(&mut uplink, 0.0, Lane::SmallUploads, 20_000, 12), 12);
    }

    #[test]
    fn what_connections_take_at_once_does_not_make_a_network_fast() {
        let mut uplink = Uplink::default();
        (0..5).for_each(|at| uplink.moved(f64::from(at), 87_000));
        assert_eq!(fill(&mut uplink, 10.0, Lane::SmallUploads, MIB, 12), 2);
        (0..12).for_each(|at| uplink.moved(100.0 + f64::from(at), MIB));
        assert_eq!(
            fill(&mut uplink, 120.0, Lane::LargeUploads, 8 * MIB, 6),
            6,
            "as soon as so much has gone"
        );
    }

    #[test]
    fn in_between_as_many_go_as_are_sent_soon() {
        let mut uplink = moving(1_700_000);
        assert_eq!(fill(&mut uplink, 2_000.0, Lane::LargeUploads, 8 * MIB, 6), 4);
    }
}
