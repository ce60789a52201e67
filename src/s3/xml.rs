//! S3's XML: the root is checked, unknown elements and namespaces are not.

use bytes::Bytes;
use http::Response;
use quick_xml::events::Event;
use quick_xml::{Reader, de};
use serde::de::DeserializeOwned;

use super::S3Error;

/// Reads an answer that must be a document with this root.
///
/// A refusal, by status or by an `<Error>` inside a 200, is an error; so is any other document: some storages
/// answer one question with the answer to another.
pub(super) fn document<T: DeserializeOwned>(response: &Response<Bytes>, root: &str) -> Result<T, S3Error> {
    if !response.status().is_success() {
        return Err(S3Error::from_response(response));
    }
    let malformed = |detail: String| S3Error::malformed(response.status().as_u16(), detail);
    let text = text(response.body()).ok_or_else(|| malformed("the answer is not UTF-8".to_owned()))?;
    match root_name(text) {
        Some(name) if name == root => {
            de::from_str(text).map_err(|error| malformed(format!("unreadable {root}: {error}")))
        }
        Some(name) if name == "Error" => Err(S3Error::from_response(response)),
        Some(name) => Err(malformed(format!("expected {root}, got <{name}>"))),
        None => Err(malformed(format!("expected {root}, got no XML"))),
    }
}

/// The body as text. S3 sends white space to keep a connection open while it works, and some write a byte order mark.
pub(super) fn text(body: &[u8]) -> Option<&str> {
    Some(std::str::from_utf8(body).ok()?.trim_start_matches('\u{feff}').trim())
}

/// Name of the root element, without prefix.
pub(super) fn root_name(text: &str) -> Option<String> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element) => {
                let name = element.local_name();
                return Some(name.as_ref().to_owned());
            }
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) => {}
            Event::Text(text) if text.trim().is_empty() => {}
            _ => return None,
        }
    }
}

/// An ETag without its quotes.
pub(super) fn unquoted(etag: &str) -> String {
    etag.trim().trim_matches('"').to_owned()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::s3::ErrorKind;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Answer {
        #[serde(rename = "Key")]
        key: String,
    }

    fn answer(status: u16, body: &str) -> Result<Answer, S3Error> {
        let response = Response::builder()
            .status(status)
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .expect("a response");
        document(&response, "Answer")
    }

    #[test]
    fn white_space_names_and_strangers_do_not_matter() {
        for body in [
            "<Answer><Key>k</Key></Answer>",
            "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n   <Answer xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><New a=\"1\"><x/></New><Key>k</Key></Answer>\n",
            "<s3:Answer xmlns:s3=\"x\"><s3:Key>k</s3:Key></s3:Answer>",
            "<!-- hello --><Answer><Key><![CDATA[k]]></Key></Answer>",
        ] {
            assert_eq!(answer(200, body), Ok(Answer { key: "k".to_owned() }), "{body}");
        }
    }

    #[test]
    fn text_is_taken_as_it_stands() {
        for (xml, key) in [
            (" a  b ", " a  b "),
            ("&lt;&amp;&gt;&quot;", "<&>\""),
            ("&#x1F980;&#10;", "🦀\n"),
            ("a<![CDATA[<b>]]>c", "a<b>c"),
        ] {
            let body = format!("<Answer><Key>{xml}</Key></Answer>");
            assert_eq!(answer(200, &body), Ok(Answer { key: key.to_owned() }), "{xml}");
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        for body in [
            "",
            "   ",
            "plain words",
            "{\"Answer\":1}",
            "<!DOCTYPE html><html><body></body></html>",
            "<Other><Key>k</Key></Other>",
            "<Answer></Answer>",
            "<Answer><Key>k</Answer>",
            "<Answer><Key>k</Key>",
        ] {
            let error = answer(200, body).expect_err(body);
            assert_eq!(error.kind(), ErrorKind::Malformed, "{body}");
            assert!(!error.message.is_empty());
        }
    }

    #[test]
    fn an_error_inside_a_200_is_an_error() {
        let error = answer(200, "<Error><Code>InternalError</Code></Error>").expect_err("an error");
        assert_eq!((error.status, error.kind()), (200, ErrorKind::Server));
    }
}
