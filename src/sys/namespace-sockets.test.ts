import { expect, test } from "bun:test";
import { readTcpSockets } from "./namespace-sockets.ts";

const row = (local: string, remote: string, state: string) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 11 1 0000000000000000 100 0 0 10 0`;
const table = (...rows: string[]) => ["  sl  local_address rem_address   st", ...rows, ""].join("\n");

test("readTcpSockets() counts what others opened to ports that are listened on, and nothing else", () => {
  const four = table(
    row("00000000:0050", "00000000:0000", "0A"),
    row("020011AC:0050", "010011AC:A000", "01"),
    row("020011AC:0050", "010011AC:A001", "08"),
    row("020011AC:0050", "010011AC:A002", "06"),
    row("0100007F:0050", "0100007F:A003", "01"),
    row("020011AC:A004", "030011AC:1538", "01"),
  );
  const six = table(
    row("00000000000000000000000000000000:1F90", "00000000000000000000000000000000:0000", "0A"),
    row("0000000000000000FFFF0000020011AC:1F90", "0000000000000000FFFF0000010011AC:B000", "01"),
    row("0000000000000000FFFF00000100007F:1F90", "0000000000000000FFFF00000100007F:B001", "01"),
    row("00000000000000000000000001000000:1F90", "00000000000000000000000001000000:B002", "01"),
  );
  expect(readTcpSockets([four, six])).toEqual({ listening: new Set([80, 8080]), served: 3 });
  expect(readTcpSockets(["", ""])).toEqual({ listening: new Set(), served: 0 });
});
