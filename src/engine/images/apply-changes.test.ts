// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Dockerfiles
import { describe, expect, test } from "bun:test";
import type { ImageRunConfig } from "../../oci/image-config.ts";
import { applyChanges } from "./apply-changes.ts";

const base: ImageRunConfig = { Env: ["PATH=/bin", "A=1"], Cmd: ["sh"], WorkingDir: "/srv" };
const sh = ["/bin/sh", "-c"];

describe("applyChanges", () => {
  test.each<[string | string[], ImageRunConfig]>([
    [[], {}],
    ["# nothing\n\n", {}],
    ["CMD echo hi", { Cmd: [...sh, "echo hi"] }],
    ['CMD ["a", "b"]', { Cmd: ["a", "b"] }],
    ["CMD [a]", { Cmd: [...sh, "[a]"] }],
    ["CMD ['a']", { Cmd: [...sh, "['a']"] }],
    ["cmd $PATH", { Cmd: [...sh, "$PATH"] }],
    ["CMD []", { Cmd: null }],
    ["CMD a \\\n  b", { Cmd: [...sh, "a   b"] }],
    ["ENTRYPOINT x y", { Entrypoint: [...sh, "x y"], Cmd: null }],
    [["CMD c", 'ENTRYPOINT ["x"]'], { Entrypoint: ["x"], Cmd: [...sh, "c"] }],
    [['SHELL ["/bin/ash", "-ec"]', "CMD c"], { Shell: ["/bin/ash", "-ec"], Cmd: ["/bin/ash", "-ec", "c"] }],
    ["ENV A=2 B=$A C=a\\ b", { Env: ["PATH=/bin", "A=2", "B=1", "C=a b"] }],
    ["ENV B=\"x  y\" C='$A' D=p\"q\"'r'", { Env: ["PATH=/bin", "A=1", "B=x  y", "C=$A", "D=pqr"] }],
    ["ENV B some old form", { Env: ["PATH=/bin", "A=1", "B=some old form"] }],
    ["ENV B=${X:-d} C=${A:+e} D=${A:-f} E=${X-}", { Env: ["PATH=/bin", "A=1", "B=d", "C=e", "D=1", "E="] }],
    ["ENV B=\\$A", { Env: ["PATH=/bin", "A=1", "B=$A"] }],
    [["ENV B=2", "ENV C=$B"], { Env: ["PATH=/bin", "A=1", "B=2", "C=2"] }],
    ["ENV B=\n", { Env: ["PATH=/bin", "A=1", "B="] }],
    ['LABEL a=b "c d"="e $A" f="\\n"', { Labels: { a: "b", "c d": "e 1", f: "\\n" } }],
    ["LABEL a b c", { Labels: { a: "b c" } }],
    [
      "EXPOSE 80 81/udp 90-91/TCP",
      { ExposedPorts: { "80/tcp": {}, "81/udp": {}, "90/tcp": {}, "91/tcp": {} } },
    ],
    ["EXPOSE 8$A", { ExposedPorts: { "81/tcp": {} } }],
    ["EXPOSE 1:2", { ExposedPorts: { "2/tcp": {} } }],
    ["VOLUME /a /b$A", { Volumes: { "/a": {}, "/b1": {} } }],
    ['VOLUME ["/a", "/b c"]', { Volumes: { "/a": {}, "/b c": {} } }],
    ["USER u:g", { User: "u:g" }],
    ["WORKDIR /x/../y", { WorkingDir: "/y" }],
    ["WORKDIR a b", { WorkingDir: "/srv/a b" }],
    [["WORKDIR /a", "WORKDIR b"], { WorkingDir: "/a/b" }],
    ["STOPSIGNAL SIGQUIT", { StopSignal: "SIGQUIT" }],
    [["ONBUILD RUN x", "onbuild copy . /a"], { OnBuild: ["RUN x", "copy . /a"] }],
    ["HEALTHCHECK NONE", { Healthcheck: { Test: ["NONE"] } }],
    ["HEALTHCHECK none", { Healthcheck: { Test: ["NONE"] } }],
    ["HEALTHCHECK CMD echo x", { Healthcheck: { Test: ["CMD-SHELL", "echo x"] } }],
    [
      'HEALTHCHECK --interval=5s --timeout=1m --retries=2 --start-period=1h --start-interval=1ms CMD ["a"]',
      {
        Healthcheck: {
          Test: ["CMD", "a"],
          Interval: 5e9,
          Timeout: 60e9,
          Retries: 2,
          StartPeriod: 3600e9,
          StartInterval: 1e6,
        },
      },
    ],
  ])("%j", (changes, expected) => {
    expect(applyChanges(base, typeof changes === "string" ? [changes] : changes)).toEqual({
      ...base,
      ...expected,
    });
  });

  test.each([
    ["RUN x", "run is not a valid change command"],
    ["FROM x", "from is not a valid change command"],
    ["Foo x", "foo is not a valid change command"],
    ['CMD ["a", 1]', "when using JSON array syntax, arrays must be comprised of strings only"],
    ["ENV A", "ENV must have two arguments"],
    ["ENV", "ENV requires at least one argument"],
    ["ENV =x", "ENV names can not be blank"],
    ["ENV A=1 B", `Syntax error - can't find = in "B". Must be of the form: name=value`],
    [
      'ENV A="x',
      'failed to process "\\"x": unexpected end of statement while looking for matching double-quote',
    ],
    ["ENV A='x", "unexpected end of statement while looking for matching single-quote"],
    ["ENV A=${B", "syntax error: missing '}'"],
    ["ENV A=${B:-c", "syntax error: missing '}'"],
    ["ENV A=${}", "bad substitution"],
    ["ENV A=${B:?must}", "B: must"],
    ["LABEL a", "LABEL must have two arguments"],
    ["LABEL", "LABEL requires at least one argument"],
    ["EXPOSE", "EXPOSE requires at least one argument"],
    ["EXPOSE x", "invalid containerPort: x"],
    ["EXPOSE 70000", "invalid containerPort: 70000"],
    ["EXPOSE 80/foo", "invalid proto: foo"],
    ["ONBUILD", "ONBUILD requires at least one argument"],
    ["ONBUILD ONBUILD RUN x", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"],
    ["ONBUILD from x", "FROM isn't allowed as an ONBUILD trigger"],
    ["USER", "USER requires exactly one argument"],
    ["VOLUME", "VOLUME requires at least one argument"],
    ['VOLUME [""]', "VOLUME specified can not be an empty string"],
    ["WORKDIR", "WORKDIR requires exactly one argument"],
    ["STOPSIGNAL foo", "invalid signal: foo"],
    ["SHELL sh -c", "SHELL requires the arguments to be in JSON form"],
    ["HEALTHCHECK", "HEALTHCHECK requires at least one argument"],
    ["HEALTHCHECK --interval=5s", "HEALTHCHECK requires at least one argument"],
    ["HEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD"],
    ["HEALTHCHECK NONE x", "HEALTHCHECK NONE takes no arguments"],
    ["HEALTHCHECK FOO x", 'Unknown type "FOO" in HEALTHCHECK (try CMD)'],
    ["HEALTHCHECK --interval=x CMD a", 'time: invalid duration "x"'],
    ["HEALTHCHECK --interval=5 CMD a", 'time: missing unit in duration "5"'],
    ["HEALTHCHECK --interval=1us CMD a", 'Interval "interval" cannot be less than 1ms'],
    ["HEALTHCHECK --retries=-1 CMD a", "--retries cannot be negative (-1)"],
    ["HEALTHCHECK --foo=1 CMD a", "unknown flag: --foo"],
  ])("%s is refused", (change, message) => {
    expect(() => applyChanges(base, [change])).toThrow(message);
  });

  test("leaves the given configuration as it was", () => {
    const before = structuredClone(base);
    applyChanges(base, ["ENV X=1", "LABEL a=b", "ENTRYPOINT x"]);
    expect(base).toEqual(before);
  });
});
