import { describe, expect, test } from "bun:test";
import { parseChallenges } from "./challenge.ts";

describe("parseChallenges", () => {
  test("Basic with a quoted realm, in any case of letters", () => {
    expect(parseChallenges('basic REALM="Registry \\"A\\", room 1"')).toEqual([
      { scheme: "basic", realm: 'Registry "A", room 1' },
    ]);
  });

  test("Bearer with realm, service and several scopes", () => {
    const header = 'Bearer realm="https://a.example/token",service="b",scope="repository:c:pull,push d:e:f"';
    expect(parseChallenges(header)).toEqual([
      {
        scheme: "bearer",
        realm: "https://a.example/token",
        service: "b",
        scopes: ["repository:c:pull,push", "d:e:f"],
      },
    ]);
  });

  test("several challenges in one header, also without quotes, without parameters and with a token68", () => {
    const header = 'Negotiate, NTLM abc/+==, Digest realm=x, nonce="y,z" , Basic realm="a",,Bearer realm="b"';
    expect(parseChallenges(header)).toEqual([
      { scheme: "other", name: "Negotiate" },
      { scheme: "other", name: "NTLM" },
      { scheme: "other", name: "Digest" },
      { scheme: "basic", realm: "a" },
      { scheme: "bearer", realm: "b", service: "", scopes: [] },
    ]);
  });

  test("nothing is no challenge", () => {
    expect(parseChallenges("")).toEqual([]);
    expect(parseChallenges(" , ")).toEqual([]);
  });

  test("a Bearer without realm is refused", () => {
    for (const header of ['Bearer service="a"', "Bearer", "Bearer realm=", 'Bearer realm=""']) {
      expect(() => parseChallenges(header)).toThrow("no realm specified for token auth challenge");
    }
  });

  for (const header of [
    'Bearer realm="https://a.example/tok',
    'Bearer realm="a" service="b"',
    'Bearer realm="a",realm="b"',
    'Bearer realm=https://a.example/token"',
    '"Basic" realm="a"',
    'Basic realm="a"; Bearer realm="b"',
    "Basic =a",
  ]) {
    test(`malformed: ${header}`, () => {
      expect(() => parseChallenges(header)).toThrow("malformed WWW-Authenticate header");
    });
  }
});
