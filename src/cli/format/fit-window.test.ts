import { describe, expect, test } from "bun:test";
import { fitLines } from "./fit-window.ts";
import { alignColumns } from "./table.ts";

const lines = [
  "CONTAINER ID\tIMAGE\tSTATUS\tNAMES",
  "0123456789ab\tregistry.example.com/a/very/long/name:1.2\tUp 2 hours\tweb",
  "ba9876543210\tbusybox\tExited (0) 3 minutes ago\ta-name-of-some-length",
];

describe("fitLines()", () => {
  test("leaves alone what fits", () => {
    expect(fitLines(lines, 200)).toEqual(lines);
  });

  test("shortens the widest columns until the table fits, and never names", () => {
    const text = alignColumns(fitLines(lines, 80));
    const rows = text.trimEnd().split("\n");
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(80);
    expect(rows[1]).toMatch(/registry\.example.*… +Up 2 hours +web$/);
    expect(rows[2]).toEndWith("a-name-of-some-length");
    expect(rows[2]).toContain("busybox ");
  });

  test("makes seven columns fit a window of eighty", () => {
    const ps = [
      "CONTAINER ID\tIMAGE\tCOMMAND\tCREATED\tSTATUS\tPORTS\tNAMES",
      '0123456789ab\tbusybox\t"sh -c \'while :; do …"\t3 minutes ago\tUp 3 minutes\t80/tcp\tsilent_iverson',
    ];
    const rows = alignColumns(fitLines(ps, 80)).trimEnd().split("\n");
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(80);
    expect(rows[1]).toEndWith("silent_iverson");
  });

  test("leaves alone what cannot be made to fit, and what is no plain table", () => {
    expect(fitLines(lines, 40)).toBe(lines);
    const odd = ["A\tB", "only one cell that is long"];
    expect(fitLines(odd, 10)).toBe(odd);
  });
});
