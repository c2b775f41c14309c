import { expect, test } from "bun:test";
import { checkPsArgs, parsePs } from "./parse-ps.ts";

const output = `UID   PID  PPID CMD
root    1     0 init
root   10     1 sh -c  sleep 5 && echo\u00a0x
root   11    10 sleep 5
`;

test("parsePs keeps the container's processes and joins what hangs over", () => {
  expect(parsePs(output, new Set([10, 11]))).toEqual({
    titles: ["UID", "PID", "PPID", "CMD"],
    processes: [
      ["root", "10", "1", "sh -c sleep 5 && echo\u00a0x"],
      ["root", "11", "10", "sleep 5"],
    ],
  });
  expect(parsePs(output, new Set()).processes).toEqual([]);
});

test("parsePs keeps thread lines of its own processes only", () => {
  const threads = "PID LWP CMD\n1 - init\n- 1 -\n10 - web\n- 10 -\n- 12 -\n13 - x\n- 13 -";
  expect(parsePs(threads, new Set([10])).processes).toEqual([
    ["10", "-", "web"],
    ["-", "10", "-"],
    ["-", "12", "-"],
  ]);
});

test("parsePs refuses output without pids", () => {
  expect(() => parsePs("USER CMD\nroot x", new Set())).toThrow("Couldn't find PID field in ps output");
  expect(() => parsePs("PID CMD\nroot x", new Set())).toThrow("Unexpected pid 'root'");
});

test("checkPsArgs refuses other columns named PID", () => {
  checkPsArgs("-o pid,cmd");
  checkPsArgs("-o pid=PID");
  expect(() => checkPsArgs("-o user=PID")).toThrow('specifying "user=PID" is not allowed');
  expect(() => checkPsArgs("aux -o  ppid= PIDX")).toThrow('specifying "ppid=PIDX" is not allowed');
});
