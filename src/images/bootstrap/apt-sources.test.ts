import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDeb822, parseSourcesList, readAptSources } from "./apt-sources.ts";

test("reads one-line sources with options, without comments, sources and flat archives", () => {
  const text = `# deb http://commented.example/debian bookworm main
deb-src http://mirror.example/debian bookworm main
deb http://mirror.example/debian/ bookworm main contrib # the base
deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] https://other.example/x stable main
deb http://flat.example/x ./
`;
  expect(parseSourcesList(text)).toEqual([
    { uri: "http://mirror.example/debian", suites: ["bookworm"], components: ["main", "contrib"] },
    {
      uri: "https://other.example/x",
      suites: ["stable"],
      components: ["main"],
      signedBy: "/usr/share/keyrings/x.gpg",
    },
  ]);
});

test("reads deb822 sources: several addresses and suites, comments, continued and disabled ones", () => {
  const text = `# written by hand
Types: deb deb-src
URIs: http://one.example/debian/ http://two.example/debian
# comment in between
Suites: trixie trixie-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBG
 -----END PGP PUBLIC KEY BLOCK-----

Types: deb
URIs: http://off.example/debian
Suites: sid
Components: main
Enabled: no

Types: deb-src
URIs: http://src.example/debian
Suites: sid
Components: main
`;
  const both = { suites: ["trixie", "trixie-updates"], components: ["main"] };
  expect(parseDeb822(text)).toEqual([
    { uri: "http://one.example/debian", ...both },
    { uri: "http://two.example/debian", ...both },
  ]);
});

test("reads the files of a machine, and nothing where there are none", () => {
  const directory = mkdtempSync(join(tmpdir(), "hull-apt-"));
  try {
    expect(readAptSources(join(directory, "missing"))).toEqual([]);
    mkdirSync(join(directory, "sources.list.d"));
    writeFileSync(join(directory, "sources.list"), "deb http://a.example/debian sid main\n");
    writeFileSync(join(directory, "sources.list.d/b.list"), "deb http://b.example/debian sid main\n");
    writeFileSync(
      join(directory, "sources.list.d/c.sources"),
      "Types: deb\nURIs: http://c.example\nSuites: sid\n",
    );
    writeFileSync(join(directory, "sources.list.d/d.save"), "deb http://d.example/debian sid main\n");
    expect(readAptSources(directory).map(({ uri }) => uri)).toEqual([
      "http://a.example/debian",
      "http://b.example/debian",
      "http://c.example",
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
