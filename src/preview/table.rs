//! The head of a CSV or TSV file as a table. Source: RFC 4180, read generously.

/// Most rows shown, the first included.
pub const MAX_ROWS: usize = 50;
/// Most columns shown.
pub const MAX_COLUMNS: usize = 30;
/// Longest cell shown, in characters.
const MAX_CELL: usize = 200;

/// The head of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Rows of cells; the first is taken for the names of the columns. All have the same number of cells.
    pub rows: Vec<Vec<String>>,
    /// There are more rows than these.
    pub more_rows: bool,
    /// Some rows have more columns than these.
    pub more_columns: bool,
}

impl Table {
    /// Whether an object of that name is to be shown as a table, if it is text.
    pub fn is_named_so(key: &str) -> bool {
        let name = key.to_ascii_lowercase();
        [".csv", ".tsv", ".tab"].iter().any(|ending| name.ends_with(ending))
    }

    /// Reads the head of a text; `None` if it has no two columns. Of a text that goes on (`cut`), the last row is left
    /// out: it may not be whole.
    pub fn read(text: &str, cut: bool) -> Option<Table> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let separator = separator(text)?;
        let mut rows = Rows { text, separator };
        // One more tells whether there is more.
        let mut read: Vec<(Vec<String>, bool)> = rows.by_ref().take(MAX_ROWS + 2).collect();
        if cut && rows.text.is_empty() {
            read.pop();
        }
        read.retain(|(row, _)| row.len() > 1 || row.iter().any(|cell| !cell.is_empty()));
        let more_rows = cut || read.len() > MAX_ROWS || !rows.text.is_empty();
        read.truncate(MAX_ROWS);
        let more_columns = read.iter().any(|(_, more)| *more);
        let width = read.iter().map(|(row, _)| row.len()).max()?;
        let mut rows: Vec<Vec<String>> = read.into_iter().map(|(row, _)| row).collect();
        rows.iter_mut().for_each(|row| row.resize(width, String::new()));
        Some(Table {
            rows,
            more_rows,
            more_columns,
        })
    }
}

/// The character that the first line has most of, outside of quotes.
fn separator(text: &str) -> Option<char> {
    let mut quoted = false;
    let mut counts = [('\t', 0), (',', 0), (';', 0), ('|', 0)];
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '\n' | '\r' if !quoted => break,
            c if !quoted => counts
                .iter_mut()
                .filter(|(known, _)| *known == c)
                .for_each(|(_, count)| *count += 1),
            _ => {}
        }
    }
    // The first of equals.
    let best = counts.into_iter().rev().max_by_key(|(_, count)| *count)?;
    (best.1 > 0).then_some(best.0)
}

/// Rows one after the other, and whether each has more cells than are kept.
struct Rows<'t> {
    text: &'t str,
    separator: char,
}

impl Iterator for Rows<'_> {
    type Item = (Vec<String>, bool);

    fn next(&mut self) -> Option<(Vec<String>, bool)> {
        if self.text.is_empty() {
            return None;
        }
        let (mut row, mut more, mut cell, mut length) = (Vec::new(), false, String::new(), 0);
        let (mut quoted, mut after_quotes) = (false, false);
        let mut characters = self.text.char_indices().peekable();
        let end = loop {
            let Some((at, c)) = characters.next() else {
                break self.text.len();
            };
            let ends = match c {
                '"' if quoted && matches!(characters.peek(), Some((_, '"'))) => {
                    characters.next();
                    false
                }
                '"' if quoted => {
                    (quoted, after_quotes) = (false, true);
                    continue;
                }
                '"' if cell.is_empty() && !after_quotes => {
                    quoted = true;
                    continue;
                }
                '\r' if !quoted => continue,
                '\n' if !quoted => break at + 1,
                c => c == self.separator && !quoted,
            };
            if ends {
                keep(&mut row, &mut more, std::mem::take(&mut cell));
                (length, after_quotes) = (0, false);
            } else {
                length += 1;
                match length.cmp(&MAX_CELL) {
                    std::cmp::Ordering::Less => cell.push(c),
                    std::cmp::Ordering::Equal => cell.push('…'),
                    std::cmp::Ordering::Greater => {}
                }
            }
        };
        self.text = &self.text[end..];
        keep(&mut row, &mut more, cell);
        Some((row, more))
    }
}

fn keep(row: &mut Vec<String>, more: &mut bool, cell: String) {
    if row.len() < MAX_COLUMNS {
        row.push(cell);
    } else {
        *more = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        Table::read(text, false).unwrap().rows
    }

    #[test]
    fn quotes_line_ends_and_separators() {
        assert_eq!(rows("a,b\r\n1,2\r\n"), [["a", "b"], ["1", "2"]]);
        assert_eq!(rows("a;b\n\"x;\"\"y\"\"\nz\";2\n\n"), [["a", "b"], ["x;\"y\"\nz", "2"]]);
        assert_eq!(
            rows("\u{feff}時刻\t温度, 度\n1\t2,5"),
            [["時刻", "温度, 度"], ["1", "2,5"]]
        );
        assert_eq!(rows("a,b,c\n1\n"), [["a", "b", "c"], ["1", "", ""]]);
        assert_eq!(rows("a,b\n\"open, to the end"), [["a", "b"], ["open, to the end", ""]]);
        assert_eq!(Table::read("only prose\nand more of it", false), None);
        assert_eq!(Table::read("", false), None);
    }

    #[test]
    fn a_row_that_may_be_cut_is_left_out() {
        let table = Table::read("a,b\n1,2\n3,", true).unwrap();
        assert_eq!(table.rows, [["a", "b"], ["1", "2"]]);
        assert!(table.more_rows && !table.more_columns);
    }

    #[test]
    fn long_and_wide_tables_are_bounded() {
        let line = |cell: &str| vec![cell; 100].join(",");
        let long = format!("{}\n{}", line("name"), vec![line(&"x".repeat(1000)); 80].join("\n"));
        let table = Table::read(&long, false).unwrap();
        assert_eq!((table.rows.len(), table.rows[0].len()), (MAX_ROWS, MAX_COLUMNS));
        assert!(table.more_rows && table.more_columns);
        assert_eq!(table.rows[1][0].chars().count(), MAX_CELL);
        let exact = vec!["1,2"; MAX_ROWS].join("\n");
        assert!(!Table::read(&exact, false).unwrap().more_rows);
        assert!(Table::read(&format!("{exact}\n3,4"), false).unwrap().more_rows);
    }
}
