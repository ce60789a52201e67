//! Credentials as people have them: `~/.aws/credentials`, or the CSV that AWS's console hands out.
//! <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html>

use std::fmt;

use super::Credentials;

/// One set of credentials of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Profile name, or user name, or `default`.
    pub name: String,
    /// Access keys.
    pub credentials: Credentials,
    /// Region, where the file names one.
    pub region: Option<String>,
}

/// Why a file gives no credentials. Never carries what the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialsFileError {
    /// Neither profiles nor a CSV with the known columns.
    NotCredentials,
    /// Profiles are there, but none has both an access key id and a secret access key.
    Incomplete,
}

impl fmt::Display for CredentialsFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CredentialsFileError::NotCredentials => "neither an AWS credentials file nor AWS's access key CSV",
            CredentialsFileError::Incomplete => "no profile with both an access key ID and a secret access key",
        })
    }
}

impl std::error::Error for CredentialsFileError {}

/// Reads all complete profiles, in the order of the file.
pub fn parse_credentials_file(text: &str) -> Result<Vec<Profile>, CredentialsFileError> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let profiles = if first.contains("access key id") && first.contains(',') {
        csv(text)
    } else {
        ini(text)?
    };
    if profiles.is_empty() {
        Err(CredentialsFileError::Incomplete)
    } else {
        Ok(profiles)
    }
}

#[derive(Default)]
struct Draft {
    name: String,
    id: String,
    secret: String,
    token: String,
    region: String,
}

impl Draft {
    fn finish(self) -> Option<Profile> {
        let some = |text: String| (!text.is_empty()).then_some(text);
        let credentials = Credentials {
            access_key_id: some(self.id)?,
            secret_access_key: some(self.secret)?,
            session_token: some(self.token),
        };
        let name = some(self.name).unwrap_or_else(|| "default".into());
        Some(Profile {
            name,
            credentials,
            region: some(self.region),
        })
    }
}

fn ini(text: &str) -> Result<Vec<Profile>, CredentialsFileError> {
    let mut drafts = vec![Draft::default()];
    let mut known = false;
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';'])) {
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.split(']').next()) {
            let name = section.trim().trim_start_matches("profile ").trim().to_owned();
            drafts.push(Draft {
                name,
                ..Draft::default()
            });
            known = true;
        } else if let (Some((key, value)), Some(draft)) = (line.split_once('='), drafts.last_mut()) {
            let value = value.trim().to_owned();
            // `export AWS_…="…"` lines, as consoles print them, mean the same.
            let key = key.trim().trim_start_matches("export ").trim().to_ascii_lowercase();
            let value = value.trim_matches(['"', '\'']).to_owned();
            match key.as_str() {
                "aws_access_key_id" => draft.id = value,
                "aws_secret_access_key" => draft.secret = value,
                "aws_session_token" | "aws_security_token" => draft.token = value,
                "region" | "aws_region" | "aws_default_region" => draft.region = value,
                _ => continue,
            }
            known = true;
        }
    }
    let profiles = drafts.into_iter().filter_map(Draft::finish).collect();
    if known {
        Ok(profiles)
    } else {
        Err(CredentialsFileError::NotCredentials)
    }
}

fn csv(text: &str) -> Vec<Profile> {
    let mut rows = text.lines().filter(|line| !line.trim().is_empty());
    let cells = |row: &str| {
        row.split(',')
            .map(|cell| cell.trim().trim_matches('"').to_owned())
            .collect::<Vec<_>>()
    };
    let header = cells(rows.next().unwrap_or_default());
    let column = |name: &str| header.iter().position(|cell| cell.eq_ignore_ascii_case(name));
    let (name, id, secret) = (
        column("User name"),
        column("Access key ID"),
        column("Secret access key"),
    );
    let profile = |row: &str| {
        let cells = cells(row);
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at).cloned()).unwrap_or_default();
        Draft {
            name: cell(name),
            id: cell(id),
            secret: cell(secret),
            ..Draft::default()
        }
        .finish()
    };
    rows.filter_map(profile).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_of_an_ini_file() {
        let text = "\u{feff}# mine\r\n[default]\r\naws_access_key_id = AKIA1\r\naws_secret_access_key=s/+=1\r\n\r\n\
            [profile abci] ; comment\naws_access_key_id=AKIA2\naws_secret_access_key = s2\nregion = ap-northeast-1\n\
            aws_session_token = t==\n[broken]\naws_access_key_id = AKIA3\n";
        let profiles = parse_credentials_file(text).expect("profiles");
        assert_eq!(profiles.len(), 2);
        assert_eq!(profiles[0].name, "default");
        assert_eq!(profiles[0].credentials.secret_access_key, "s/+=1");
        assert_eq!(
            (profiles[1].name.as_str(), profiles[1].region.as_deref()),
            ("abci", Some("ap-northeast-1"))
        );
        assert_eq!(profiles[1].credentials.session_token.as_deref(), Some("t=="));
    }

    #[test]
    fn lines_without_a_section_and_exports() {
        let text = "export AWS_ACCESS_KEY_ID=\"AKIA1\"\nexport AWS_SECRET_ACCESS_KEY='s1'\n";
        let profiles = parse_credentials_file(text).expect("a profile");
        assert_eq!(
            (
                profiles[0].name.as_str(),
                profiles[0].credentials.access_key_id.as_str()
            ),
            ("default", "AKIA1")
        );
    }

    #[test]
    fn the_consoles_csv() {
        for text in [
            "\u{feff}Access key ID,Secret access key\r\nAKIA1,s/1\r\n",
            "User name,Password,Access key ID,Secret access key,Console login link\nann,,AKIA1,s/1,https://x\n",
        ] {
            let profiles = parse_credentials_file(text).expect("a profile");
            assert_eq!(profiles[0].credentials.access_key_id, "AKIA1");
            assert_eq!(profiles[0].credentials.secret_access_key, "s/1");
        }
    }

    #[test]
    fn errors_say_nothing_of_the_content() {
        assert_eq!(
            parse_credentials_file("hello"),
            Err(CredentialsFileError::NotCredentials)
        );
        assert_eq!(parse_credentials_file(""), Err(CredentialsFileError::NotCredentials));
        let error = parse_credentials_file("[a]\naws_secret_access_key = hunter2\n").expect_err("incomplete");
        assert_eq!(error, CredentialsFileError::Incomplete);
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
