//! What the storage says about the time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use http::header::DATE;

/// Seconds by which this computer's clock is ahead of the storage's (negative: behind), from the `Date` header.
///
/// `None` where the header is missing, or hidden: CORS shows it only if the bucket's rule exposes it.
pub fn clock_skew(headers: &HeaderMap, now: SystemTime) -> Option<i64> {
    date_header(headers).map(|server| seconds_ahead(now, server))
}

/// Seconds from `server` to `now`; negative if `now` is earlier.
pub fn seconds_ahead(now: SystemTime, server: SystemTime) -> i64 {
    let seconds = |span: Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    match now.duration_since(server) {
        Ok(ahead) => seconds(ahead),
        Err(behind) => -seconds(behind.duration()),
    }
}

/// The `Date` header.
pub(super) fn date_header(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()
}

/// `2026-05-24T01:02:03Z`, with or without fractions of a second, as S3 writes times into XML. In UTC only.
pub(super) fn parse_iso8601(text: &str) -> Option<SystemTime> {
    let (date, time) = text.trim().strip_suffix('Z')?.split_once('T')?;
    let time = time.split('.').next()?;
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(time, ':')?;
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let days = days_since_1970(year, month, day);
    UNIX_EPOCH.checked_add(Duration::from_secs(days * 86_400 + hour * 3600 + minute * 60 + second))
}

/// `20260524T010203Z`, as requests are dated (`x-amz-date`) and AWS writes times into its words.
pub fn parse_amz_date(text: &str) -> Option<SystemTime> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (year, month, day) = (date.get(..4)?, date.get(4..6)?, date.get(6..)?);
    let (hour, minute, second) = (time.get(..2)?, time.get(2..4)?, time.get(4..)?);
    parse_iso8601(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
}

fn numbers(text: &str, separator: char) -> Option<[u64; 3]> {
    let mut parts = text.split(separator);
    let mut number = || {
        let part = parts.next()?;
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| part.parse().ok())?
    };
    let numbers = [number()?, number()?, number()?];
    parts.next().is_none().then_some(numbers)
}

/// Days of the Gregorian calendar, counted in years that start in March so that the leap day comes last.
/// <https://howardhinnant.github.io/date_algorithms.html#days_from_civil>
fn days_since_1970(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn dated(date: &str) -> HeaderMap {
        HeaderMap::from_iter([(DATE, date.parse().expect("a header"))])
    }

    #[test]
    fn skew_is_positive_when_this_computer_is_ahead() {
        let headers = dated("Fri, 24 May 2013 00:00:00 GMT");
        let server = 1_369_353_600;
        assert_eq!(clock_skew(&headers, at(server)), Some(0));
        assert_eq!(clock_skew(&headers, at(server + 1200)), Some(1200));
        assert_eq!(clock_skew(&headers, at(server - 90)), Some(-90));
        assert_eq!(clock_skew(&headers, UNIX_EPOCH), Some(-1_369_353_600));
    }

    #[test]
    fn without_a_date_there_is_no_skew() {
        assert_eq!(clock_skew(&HeaderMap::new(), at(1)), None);
        assert_eq!(clock_skew(&dated("yesterday"), at(1)), None);
    }

    #[test]
    fn times_in_xml_are_read() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2013-05-24T00:00:00Z", 1_369_353_600),
            ("2000-02-29T23:59:59.999Z", 951_868_799),
            ("2024-12-31T12:00:00Z", 1_735_646_400),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
        ] {
            assert_eq!(parse_iso8601(text), Some(at(seconds)), "{text}");
        }
        for text in [
            "",
            "2013-05-24",
            "2013-05-24T00:00:00",
            "2013-05-24T00:00:00+09:00",
            "2013-13-01T00:00:00Z",
            "2013-05-24T24:00:00Z",
            "1969-12-31T00:00:00Z",
            "2013-05-24-1T00:00:00Z",
            "+213-05-24T00:00:00Z",
            "20130524T000000Z",
        ] {
            assert_eq!(parse_iso8601(text), None, "{text}");
        }
    }

    #[test]
    fn times_of_requests_are_read() {
        assert_eq!(parse_amz_date("20130524T000000Z"), Some(at(1_369_353_600)));
        assert_eq!(parse_amz_date("20241231T120000Z"), Some(at(1_735_646_400)));
        for text in [
            "",
            "20130524T000000",
            "2013-05-24T00:00:00Z",
            "20130524T0000Z",
            "2013年24T000000Z",
            "T",
        ] {
            assert_eq!(parse_amz_date(text), None, "{text}");
        }
    }
}
