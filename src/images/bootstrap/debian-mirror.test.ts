import { expect, test } from "bun:test";
import { unavailable } from "../../errors/engine-error.ts";
import { type AskRelease, findDebianMirror, suitesOf } from "./debian-mirror.ts";
import { type DebianRelease, parseRelease } from "./debian-release.ts";

const roles: Record<string, string> = {
  trixie: "stable",
  bookworm: "oldstable",
  forky: "testing",
  sid: "unstable",
};

function release(codename: string, suite = roles[codename] ?? codename, origin = "Debian"): DebianRelease {
  return { origin, suite, codename, date: 1_700_000_000, components: ["main"] };
}

/** A machine with an Ubuntu, a Debian, and its security archive. */
const sources = [
  { uri: "http://ubuntu.example", suites: ["noble"], components: ["main"] },
  {
    uri: "http://debian.example",
    suites: ["bookworm", "bookworm-updates"],
    components: ["main"],
    signedBy: "/k",
  },
  { uri: "http://security.example", suites: ["bookworm-security"], components: ["main"] },
];

const ask: AskRelease = async (uri, suite) => {
  const codename = Object.keys(roles).find((name) => name === suite || roles[name] === suite);
  if (uri === "http://ubuntu.example") return release(suite, suite, "Ubuntu");
  if (uri === "http://security.example") return suite === "bookworm-security" ? release(suite) : undefined;
  if (suite === "bookworm-updates") return release(suite);
  return codename === undefined ? undefined : release(codename);
};

test("the mirror of a suite is Debian's own, with updates and security where there are any", async () => {
  const found = await findDebianMirror("bookworm", sources, ask);
  expect(found.sources).toEqual([
    { uri: "http://debian.example", suite: "bookworm", signedBy: "/k" },
    { uri: "http://debian.example", suite: "bookworm-updates", signedBy: "/k" },
    { uri: "http://security.example", suite: "bookworm-security" },
  ]);
  const sid = await findDebianMirror("sid", sources, ask);
  expect(sid.sources.map(({ suite }) => suite)).toEqual(["sid"]);
});

test("a role leads to the suite that has it today", async () => {
  const { release: stable, sources: from } = await findDebianMirror("stable", sources, ask);
  expect([stable.codename, from[0]?.suite]).toEqual(["trixie", "trixie"]);
});

test("says what is wrong: no mirror, no such suite, no answer", async () => {
  expect(findDebianMirror("sid", [], ask)).rejects.toThrow("no Debian mirror is configured");
  expect(findDebianMirror("nope", sources, ask)).rejects.toThrow(
    'no configured mirror has a Debian suite "nope" (asked "http://ubuntu.example", "http://debian.example")',
  );
  const silent: AskRelease = async () => {
    throw unavailable('cannot reach the Debian mirror "x"');
  };
  expect(findDebianMirror("sid", sources, silent)).rejects.toThrow("cannot reach");
  expect(suitesOf(sources, silent)).rejects.toThrow("cannot reach");
});

test("the suites of the mirrors, each once", async () => {
  const suites = await suitesOf(sources, ask);
  expect(suites.map(({ codename, role }) => `${codename} ${role}`)).toEqual([
    "bookworm oldstable",
    "trixie stable",
    "forky testing",
    "sid unstable",
  ]);
});

test("reads a signed Release file", () => {
  const text = `-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Origin: Debian
Suite: oldstable
Codename: bookworm
Date: Sat, 06 Sep 2025 11:17:04 UTC
Components: main contrib
MD5Sum:
 0123 4 main/Date: x
`;
  expect(parseRelease(text)).toEqual({
    origin: "Debian",
    suite: "oldstable",
    codename: "bookworm",
    date: 1_757_157_424,
    components: ["main", "contrib"],
  });
  expect(parseRelease("<html>not found</html>")).toBeUndefined();
});
