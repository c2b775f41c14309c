import { expect, test } from "bun:test";
import { tokenSetting } from "./git-checkout.ts";
import { withoutPassword } from "./without-password.ts";

test("a token is for the server of the source alone", () => {
  const login = `Authorization: Basic ${Buffer.from("x-access-token:t0ken").toString("base64")}`;
  expect(tokenSetting("https://example.com:8443/a/b.git", "t0ken")).toEqual([
    ["http.https://example.com:8443/.extraHeader", login],
  ]);
  expect(tokenSetting("https://me:pw@example.com/a.git", "t0ken")).toEqual([
    ["http.https://example.com/.extraHeader", login],
  ]);
  expect(tokenSetting("ssh://git@example.com/a.git", "t0ken")).toEqual([]);
});

test.each([
  ["https://me:secret@example.com/a.git#main", "https://example.com/a.git#main"],
  ["https://token@example.com/x?y=a@b", "https://example.com/x?y=a@b"],
  ["fatal: unable to access 'http://a:b@h/x': no", "fatal: unable to access 'http://h/x': no"],
  ["http://example.com/a@b", "http://example.com/a@b"],
  ["git@example.com:a/b", "git@example.com:a/b"],
])("what is shown of %j is %j", (address, shown) => {
  expect(withoutPassword(address)).toBe(shown);
});
