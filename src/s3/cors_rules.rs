//! The CORS rule this app needs, how it joins the rules that are there, and how it is written.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html>

use std::fmt::Write;

use quick_xml::escape::escape;

use super::CorsRule;

/// Methods the app sends.
const METHODS: [&str; 5] = ["GET", "HEAD", "PUT", "POST", "DELETE"];

/// Response headers the app reads: transfers, SSE, checksums, and the envelopes of the Amazon S3 Encryption Client.
const EXPOSED: [&str; 30] = [
    "ETag",
    "Date",
    "Accept-Ranges",
    "Content-Range",
    "x-amz-request-id",
    "x-amz-version-id",
    "x-amz-bucket-region",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-bucket-key-enabled",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-checksum-crc32",
    "x-amz-checksum-crc32c",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-sha256",
    "x-amz-meta-x-amz-c",
    "x-amz-meta-x-amz-3",
    "x-amz-meta-x-amz-w",
    "x-amz-meta-x-amz-d",
    "x-amz-meta-x-amz-i",
    "x-amz-meta-x-amz-m",
    "x-amz-meta-x-amz-t",
    "x-amz-meta-x-amz-key-v2",
    "x-amz-meta-x-amz-iv",
    "x-amz-meta-x-amz-matdesc",
    "x-amz-meta-x-amz-wrap-alg",
    "x-amz-meta-x-amz-cek-alg",
    "x-amz-meta-x-amz-tag-len",
    "x-amz-meta-x-amz-unencrypted-content-length",
    "x-amz-meta-x-amz-key",
];

/// The rule this app needs for pages of `origin`.
pub fn recommended_rule(origin: &str) -> CorsRule {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    CorsRule {
        id: None,
        allowed_origins: vec![origin.to_owned()],
        allowed_methods: owned(&METHODS),
        // Scality compares every requested header with this list; `*` is the only entry that covers signing.
        allowed_headers: vec!["*".to_owned()],
        expose_headers: owned(&EXPOSED),
        max_age: Some(3600),
    }
}

/// The rules to write: the recommended one first, since the first rule that matches decides, then every existing rule
/// as it was. A rule for exactly this origin is widened instead of doubled; nothing it allowed is taken away.
pub fn merge_rule(existing: &[CorsRule], origin: &str) -> Vec<CorsRule> {
    let mut ours = recommended_rule(origin);
    let mut others = Vec::new();
    for rule in existing {
        if rule.allowed_origins == [origin] {
            ours.id = ours.id.or_else(|| rule.id.clone());
            widen(&mut ours.allowed_methods, &rule.allowed_methods);
            widen(&mut ours.expose_headers, &rule.expose_headers);
            ours.max_age = rule.max_age.or(ours.max_age);
        } else {
            others.push(rule.clone());
        }
    }
    others.insert(0, ours);
    others
}

fn widen(list: &mut Vec<String>, more: &[String]) {
    for text in more {
        if !list.iter().any(|known| known.eq_ignore_ascii_case(text)) {
            list.push(text.clone());
        }
    }
}

/// Whether a line is new, goes, or stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Only in the new rules.
    Added,
    /// Only in the old rules.
    Removed,
    /// In both.
    Kept,
}

/// The rules as JSON, old against new, line by line: what goes, what comes, what stays.
pub fn rules_difference(old: &[CorsRule], new: &[CorsRule]) -> Vec<(Change, String)> {
    let (old, new) = (cors_json(old), cors_json(new));
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    // The longest common subsequence; CORS documents have at most some hundred lines.
    let mut longest = vec![vec![0usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            longest[i][j] = if old[i] == new[j] {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push((Change::Kept, old[i].to_owned()));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && (j == new.len() || longest[i + 1][j] >= longest[i][j + 1]) {
            lines.push((Change::Removed, old[i].to_owned()));
            i += 1;
        } else {
            lines.push((Change::Added, new[j].to_owned()));
            j += 1;
        }
    }
    lines
}

/// As `aws s3api put-bucket-cors --cors-configuration` reads it.
pub fn cors_json(rules: &[CorsRule]) -> String {
    let rules: Vec<_> = rules
        .iter()
        .map(|rule| {
            let mut json = serde_json::Map::new();
            if let Some(id) = &rule.id {
                json.insert("ID".into(), id.clone().into());
            }
            json.insert("AllowedOrigins".into(), rule.allowed_origins.clone().into());
            json.insert("AllowedMethods".into(), rule.allowed_methods.clone().into());
            for (name, list) in [
                ("AllowedHeaders", &rule.allowed_headers),
                ("ExposeHeaders", &rule.expose_headers),
            ] {
                if !list.is_empty() {
                    json.insert(name.into(), list.clone().into());
                }
            }
            if let Some(seconds) = rule.max_age {
                json.insert("MaxAgeSeconds".into(), seconds.into());
            }
            serde_json::Value::Object(json)
        })
        .collect();
    serde_json::to_string_pretty(&serde_json::json!({ "CORSRules": rules })).expect("strings and numbers are JSON")
}

/// As S3 itself reads it.
pub fn cors_xml(rules: &[CorsRule]) -> String {
    let mut xml = String::from("<CORSConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    for rule in rules {
        xml.push_str("<CORSRule>");
        let id = rule.id.iter().cloned().collect();
        let seconds = rule.max_age.iter().map(u32::to_string).collect();
        for (name, list) in [
            ("ID", &id),
            ("AllowedOrigin", &rule.allowed_origins),
            ("AllowedMethod", &rule.allowed_methods),
            ("AllowedHeader", &rule.allowed_headers),
            ("ExposeHeader", &rule.expose_headers),
            ("MaxAgeSeconds", &seconds),
        ] {
            let list: &Vec<String> = list;
            for text in list {
                write!(xml, "<{name}>{}</{name}>", escape(text)).expect("a String takes everything");
            }
        }
        xml.push_str("</CORSRule>");
    }
    xml.push_str("</CORSConfiguration>");
    xml
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "https://portal.example";

    fn other() -> CorsRule {
        CorsRule {
            id: Some("theirs".into()),
            allowed_origins: vec!["https://*.example.org".into()],
            allowed_methods: vec!["GET".into()],
            ..CorsRule::default()
        }
    }

    #[test]
    fn the_documented_rule_is_the_recommended_one() {
        let documented: serde_json::Value = serde_json::from_str(include_str!("../../docs/cors.json")).expect("JSON");
        let ours: serde_json::Value =
            serde_json::from_str(&cors_json(&[recommended_rule("https://YOUR-SITE.example")])).expect("JSON");
        assert_eq!(ours, documented);
    }

    #[test]
    fn everything_that_is_read_of_an_answer_is_exposed() {
        let read = [
            http::header::ETAG.as_str(),
            http::header::DATE.as_str(),
            http::header::CONTENT_RANGE.as_str(),
            crate::s3::SSE_HEADER,
            crate::s3::sse::KEY_ID_HEADER,
            crate::s3::sse::CUSTOMER_HEADER,
            "x-amz-version-id",
            "x-amz-request-id",
            "x-amz-bucket-region",
        ];
        for header in read {
            assert!(
                EXPOSED.iter().any(|exposed| exposed.eq_ignore_ascii_case(header)),
                "{header}"
            );
        }
        assert!(!EXPOSED.contains(&"*"), "Amazon and Scality refuse it");
    }

    #[test]
    fn rules_of_others_are_kept_as_they_are() {
        let merged = merge_rule(&[other()], ORIGIN);
        assert_eq!(merged, [recommended_rule(ORIGIN), other()]);
        assert_eq!(merge_rule(&merged, ORIGIN), merged, "applying twice changes nothing");
    }

    #[test]
    fn our_own_rule_is_widened_not_doubled() {
        let mut mine = recommended_rule(ORIGIN);
        mine.id = Some("mine".into());
        mine.expose_headers = vec!["x-theirs".into(), "etag".into()];
        mine.max_age = Some(5);
        let merged = merge_rule(&[other(), mine], ORIGIN);
        assert_eq!(merged.len(), 2);
        assert_eq!(merged[0].id.as_deref(), Some("mine"));
        assert_eq!(merged[0].max_age, Some(5));
        assert!(merged[0].expose_headers.iter().any(|header| header == "x-theirs"));
        assert_eq!(merged[0].expose_headers.len(), EXPOSED.len() + 1);
    }

    #[test]
    fn the_difference_shows_what_comes_and_what_goes() {
        let new = merge_rule(&[other()], ORIGIN);
        let lines = rules_difference(&[other()], &new);
        assert!(lines.iter().all(|(change, _)| *change != Change::Removed));
        assert!(lines.contains(&(Change::Added, format!("        \"{ORIGIN}\""))));
        assert!(lines.contains(&(Change::Kept, "        \"https://*.example.org\"".into())));
        let gone = rules_difference(&[other()], &[]);
        assert!(
            gone.iter()
                .any(|(change, line)| *change == Change::Removed && line.contains("theirs"))
        );
    }
}
