//! How an object is cut into the parts of a multipart upload.
//! Limits: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>.

use std::ops::Range;

use crate::encryption::esdk::Layout;
use crate::encryption::s3ec::TAG_LENGTH;

/// Every part but the last has at least this many bytes.
pub const MIN_PART_LENGTH: u64 = 5 << 20;
/// A part, and a single PutObject, has at most this many bytes.
const MAX_PART_LENGTH: u64 = 5 << 30;
/// Parts of one upload.
pub const MAX_PARTS: u64 = 10_000;
/// Plaintext bytes of a part while the file is small enough: measured in Chromium, 8 to 16 MiB with four in flight
/// are as fast as any, and above memory only grows.
pub const PART_LENGTH: u64 = 8 << 20;

/// Runs of one GCM message are cut at multiples of this.
const GCM_UNIT: u64 = 1 << 20;

/// What is uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// An AWS Encryption SDK message. Parts hold whole frames; the first also holds the header, the last the footer.
    Message {
        /// Header and frames.
        layout: Layout,
        /// Bytes that follow them: of a signed message its footer, else none.
        footer: u64,
    },
    /// One GCM message (S3 Encryption Client): as long as the file, and its tag at the end of the last part.
    Gcm {
        /// Bytes of the file.
        length: u64,
    },
    /// The file as it is.
    Plain {
        /// Its bytes.
        length: u64,
    },
}

/// One part: which plaintext goes in, which bytes of the object come out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Part number, from 1.
    pub number: u16,
    /// Bytes of the file.
    pub plaintext: Range<u64>,
    /// Bytes of the object.
    pub body: Range<u64>,
    /// Frames it holds, for a message.
    pub frames: Option<Range<u32>>,
}

/// The plan of one upload. The same content always has the same plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartPlan {
    content: Content,
    /// Frames of a message, bytes of a plain file.
    units_per_part: u64,
    parts: u16,
}

impl PartPlan {
    /// Plans `content` in parts of about [`PART_LENGTH`], longer where 10,000 of those would not do. `None` when the
    /// object is larger than S3 can hold.
    pub fn new(content: Content) -> Option<PartPlan> {
        let (units, unit_length) = match content {
            Content::Message { layout, .. } => (u64::from(layout.frame_count()), u64::from(layout.frame_length())),
            Content::Gcm { length } => (length.div_ceil(GCM_UNIT), GCM_UNIT),
            Content::Plain { length } => (length, 1),
        };
        let wanted = (PART_LENGTH / unit_length.max(1)).max(1);
        let units_per_part = wanted.max(units.div_ceil(MAX_PARTS));
        let parts = units.div_ceil(units_per_part).max(1) as u16; // at most MAX_PARTS
        let plan = PartPlan {
            content,
            units_per_part,
            parts,
        };
        (plan.longest_part() <= MAX_PART_LENGTH).then_some(plan)
    }

    /// What is uploaded.
    pub fn content(&self) -> Content {
        self.content
    }

    /// Parts in all, at least 1. One part goes as a single PutObject.
    pub fn part_count(&self) -> u16 {
        self.parts
    }

    /// Bytes of the file.
    pub fn plaintext_length(&self) -> u64 {
        match self.content {
            Content::Message { layout, .. } => layout.plaintext_length(),
            Content::Gcm { length } | Content::Plain { length } => length,
        }
    }

    /// Bytes of the object.
    pub fn object_length(&self) -> u64 {
        match self.content {
            Content::Message { layout, footer } => layout.message_length() + footer,
            Content::Gcm { length } => length + TAG_LENGTH,
            Content::Plain { length } => length,
        }
    }

    /// The longest body of any part, in bytes.
    pub fn longest_part(&self) -> u64 {
        let length = |index| {
            let body = self.part(index).body;
            body.end - body.start
        };
        length(0).max(length(self.parts - 1))
    }

    /// The part at `index`, from 0.
    ///
    /// # Panics
    /// When `index` is not below [`PartPlan::part_count`].
    pub fn part(&self, index: u16) -> Part {
        assert!(index < self.parts, "part {index} of {}", self.parts);
        let start = u64::from(index) * self.units_per_part;
        match self.content {
            Content::Message { layout, footer } => {
                let end = (start + self.units_per_part).min(layout.frame_count().into());
                let frames = start as u32..end as u32; // frame counts have 32 bits
                let mut body = layout.message_range(frames.clone());
                if index == 0 {
                    body.start = 0;
                }
                if index + 1 == self.parts {
                    body.end += footer;
                }
                Part {
                    number: index + 1,
                    plaintext: layout.plaintext_range(frames.clone()),
                    body,
                    frames: Some(frames),
                }
            }
            Content::Gcm { length } => {
                let unit = |units: u64| (units * GCM_UNIT).min(length);
                let plaintext = unit(start)..unit(start + self.units_per_part);
                let tag = if index + 1 == self.parts { TAG_LENGTH } else { 0 };
                Part {
                    number: index + 1,
                    body: plaintext.start..plaintext.end + tag,
                    plaintext,
                    frames: None,
                }
            }
            Content::Plain { length } => {
                let bytes = start..(start + self.units_per_part).min(length);
                Part {
                    number: index + 1,
                    plaintext: bytes.clone(),
                    body: bytes,
                    frames: None,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encryption::esdk::FRAME_LENGTH;
    use proptest::prelude::*;

    fn message(plaintext: u64) -> Content {
        signed(plaintext, 0)
    }

    fn signed(plaintext: u64, footer: u64) -> Content {
        let layout = Layout::for_plaintext(700, FRAME_LENGTH, plaintext).unwrap();
        Content::Message { layout, footer }
    }

    #[test]
    fn small_files_are_one_part() {
        for content in [
            message(0),
            message(8 << 20),
            Content::Gcm { length: 0 },
            Content::Gcm { length: 8 << 20 },
            Content::Plain { length: 0 },
            Content::Plain { length: 8 << 20 },
        ] {
            assert_eq!(PartPlan::new(content).unwrap().part_count(), 1, "{content:?}");
        }
        assert_eq!(PartPlan::new(message((8 << 20) + 1)).unwrap().part_count(), 2);
    }

    #[test]
    fn parts_grow_with_the_file_and_end_at_s3s_limit() {
        let plan = PartPlan::new(message(1 << 40)).unwrap();
        assert_eq!(plan.part_count(), 9987);
        assert!(PartPlan::new(message(48 << 40)).is_some());
        assert!(PartPlan::new(message(49 << 40)).is_none());
        assert!(PartPlan::new(Content::Plain { length: 49 << 40 }).is_none());
    }

    proptest! {
        #[test]
        fn parts_cover_everything_once_and_keep_s3s_rules(length in 0u64..(2 << 40), kind in 0..4) {
            let content = match kind {
                0 => message(length),
                1 => Content::Gcm { length },
                2 => signed(length, 105),
                _ => Content::Plain { length },
            };
            let plan = PartPlan::new(content).unwrap();
            let (mut plaintext, mut body) = (0, 0);
            for index in 0..plan.part_count() {
                let part = plan.part(index);
                prop_assert_eq!((part.plaintext.start, part.body.start), (plaintext, body));
                (plaintext, body) = (part.plaintext.end, part.body.end);
                prop_assert!(index + 1 == plan.part_count() || part.body.end - part.body.start >= MIN_PART_LENGTH);
                prop_assert!(part.body.end - part.body.start <= plan.longest_part());
            }
            prop_assert!(u64::from(plan.part_count()) <= MAX_PARTS);
            prop_assert_eq!((plaintext, body), (length, plan.object_length()));
        }
    }
}
