// The figures, their aims, and how they are told.

/** The middle one. */
export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Collects figures; `aim` is `[comparison, bound]`, such as `["≥", 0.9]`. */
export const newTable = () => {
  const rows = [];
  const detail = {};
  return {
    /** One figure, and what it was made of. */
    add: (figure, value, aim, made = {}) => {
      rows.push({ figure, value, aim });
      detail[figure] = { value, aim: aim?.join(" "), ...made };
      const meets = aim && (aim[0] === "≥" ? value >= aim[1] : value <= aim[1]);
      console.error(`${figure}: ${value.toFixed(2)}${aim ? ` (aim ${aim.join(" ")}${meets ? "" : ": missed"})` : ""}`);
    },
    detail,
    print: () => {
      const cells = rows.map(({ figure, value, aim }) => {
        const meets = aim && (aim[0] === "≥" ? value >= aim[1] : value <= aim[1]);
        return [figure, value.toFixed(2), aim?.join(" ") ?? "", aim ? (meets ? "yes" : "no") : ""];
      });
      const all = [["figure", "value", "aim", "met"], ...cells];
      const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column].length)));
      for (const row of all) console.log(row.map((cell, column) => (column === 1 ? cell.padStart(widths[1]) : cell.padEnd(widths[column]))).join("  ").trimEnd());
    },
  };
};
