import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeRegistry, type FakeRegistryOptions } from "../../../tests/fakes/fake-registry.ts";
import { EngineError } from "../../errors/engine-error.ts";
import { basicAuthorization } from "./credentials.ts";
import { login } from "./login.ts";
import type { TransportOptions } from "./transport.ts";

const me = { username: "me", password: "s3cret/+=", identityToken: "" };
const never = new AbortController().signal;
const options: TransportOptions = { insecureRegistries: [], certificateDirectories: [] };
const bearer = 'Bearer realm="ORIGIN/token",service="svc",scope="registry:catalog:*"';

async function refusal(work: Promise<unknown>): Promise<EngineError> {
  const error = await work.then(
    () => undefined,
    (thrown) => thrown,
  );
  if (!(error instanceof EngineError)) throw new Error(`no refusal but ${error}`);
  return error;
}

/** What a registry of this kind makes of good credentials. */
async function refused(registry: FakeRegistryOptions, credentials = me): Promise<[string, string]> {
  using fake = new FakeRegistry(registry);
  const error = await refusal(login(fake.address, credentials, options, never));
  return [error.kind, error.message.replaceAll(fake.address, "HOST")];
}

describe("login by Basic", () => {
  const basic = { challenge: 'Basic realm="r"', accepts: basicAuthorization(me) };

  test("sends user name and password only when asked for them", async () => {
    using fake = new FakeRegistry(basic);
    expect(await login(fake.address, me, options, never)).toEqual({
      status: "Login Succeeded",
      identityToken: "",
    });
    expect(fake.asked.map(({ authorization }) => authorization)).toEqual([null, basicAuthorization(me)]);
  });

  test("a wrong password is unauthorized", async () => {
    expect(await refused(basic, { ...me, password: "wrong" })).toEqual([
      "unauthorized",
      "login attempt to http://HOST/v2/ failed with status: 401 Unauthorized",
    ]);
  });

  test("no user name", async () => {
    expect((await refused(basic, { ...me, username: "" }))[1]).toBe(
      'Get "http://HOST/v2/": no basic auth credentials',
    );
  });
});

describe("login by Bearer", () => {
  test("gets a token with service, scope and password, and shows it to the registry", async () => {
    using fake = new FakeRegistry({
      challenge: `Negotiate, ${bearer}, Basic realm="r"`,
      accepts: "Bearer T",
      token: () => Response.json({ token: "T", refresh_token: "R" }),
    });
    expect((await login(fake.address, me, options, never)).identityToken).toBe("R");
    expect(fake.asked[1]).toMatchObject({
      method: "GET",
      query: {
        account: "me",
        client_id: "docker",
        offline_token: "true",
        service: "svc",
        scope: "registry:catalog:*",
      },
      authorization: basicAuthorization(me),
    });
  });

  test("an identity token is exchanged by OAuth2, without the password", async () => {
    using fake = new FakeRegistry({
      challenge: bearer,
      accepts: "Bearer T",
      token: () => Response.json({ access_token: "T" }),
    });
    await login(fake.address, { username: "me", password: "", identityToken: "R1" }, options, never);
    expect(fake.asked[1]).toMatchObject({
      method: "POST",
      authorization: null,
      form: { grant_type: "refresh_token", refresh_token: "R1", service: "svc", client_id: "docker" },
    });
  });

  const cases: [string, () => Response, [string, string]][] = [
    [
      "a refusal with details, as Docker Hub's",
      () => Response.json({ details: "incorrect username or password" }, { status: 401 }),
      ["unauthorized", 'Get "http://HOST/v2/": unauthorized: incorrect username or password'],
    ],
    [
      "a refusal in the words of the specification",
      () => Response.json({ errors: [{ code: "DENIED", message: "not you" }] }, { status: 403 }),
      ["internal", 'Get "http://HOST/v2/": denied: not you'],
    ],
    [
      "a refusal without words",
      () => new Response("{}", { status: 401 }),
      ["unauthorized", 'Get "http://HOST/v2/": unauthorized: authentication required'],
    ],
    [
      "a broken token server",
      () => new Response("", { status: 500 }),
      ["internal", 'Get "http://HOST/v2/": received unexpected HTTP status: 500 Internal Server Error'],
    ],
    [
      "an answer without a token",
      () => Response.json({}),
      ["internal", 'Get "http://HOST/v2/": authorization server did not include a token in the response'],
    ],
  ];
  for (const [name, token, wanted] of cases) {
    test(name, async () => expect(await refused({ challenge: bearer, token })).toEqual(wanted));
  }

  test("a token server that would get the password unencrypted is refused before it gets it", async () => {
    const [, message] = await refused({ challenge: 'Bearer realm="http://192.0.2.1/token"' });
    expect(message).toContain("unencrypted");
  });

  test("no secret comes back in a message, in none of its forms", async () => {
    const echo = `${me.password} ${encodeURIComponent(me.password)} ${basicAuthorization(me)}`;
    const [, message] = await refused({
      challenge: bearer,
      token: () => Response.json({ details: echo }, { status: 401 }),
    });
    expect(message).toBe('Get "http://HOST/v2/": unauthorized: xxxxx xxxxx Basic xxxxx');
  });
});

describe("login to what is no registry", () => {
  test("an unknown challenge, no challenge, another status", async () => {
    const failed = "login attempt to http://HOST/v2/ failed with status: ";
    expect(await refused({ challenge: 'Digest realm="a"' })).toEqual([
      "unauthorized",
      `${failed}401 Unauthorized`,
    ]);
    expect(await refused({ challenge: "" })).toEqual(["unauthorized", `${failed}401 Unauthorized`]);
    const missing = { challenge: "", registry: () => new Response("", { status: 404 }) };
    expect(await refused(missing)).toEqual(["internal", `${failed}404 Not Found`]);
  });

  test("nobody there", async () => {
    const { address } = gone();
    const { kind, message } = await refusal(login(address, me, options, never));
    expect([kind, message]).toEqual([
      "internal",
      `Get "http://${address}/v2/": dial tcp ${address}: connect: connection refused`,
    ]);
  });

  test("one that never answers ends with the time limit", async () => {
    using fake = new FakeRegistry({ challenge: "", registry: () => new Promise(() => {}) });
    const { message } = await refusal(login(fake.address, me, { ...options, timeoutMs: 50 }, never));
    expect(message).toContain("context deadline exceeded");
  });

  test("a client that leaves ends it at once", async () => {
    const controller = new AbortController();
    using fake = new FakeRegistry({
      challenge: "",
      registry: () => {
        controller.abort();
        return new Promise(() => {});
      },
    });
    const { kind } = await refusal(login(fake.address, me, options, controller.signal));
    expect(kind).toBe("cancelled");
  });

  test("a redirect to another server does not take the password along", async () => {
    using thief = new FakeRegistry({ challenge: "" });
    using fake = new FakeRegistry({
      challenge: "",
      registry: ({ authorization }) =>
        authorization
          ? Response.redirect(`http://${thief.address}/v2/`, 307)
          : new Response("", { status: 401, headers: { "WWW-Authenticate": 'Basic realm="r"' } }),
    });
    expect((await refusal(login(fake.address, me, options, never))).kind).toBe("unauthorized");
    expect(thief.asked.map(({ authorization }) => authorization)).toEqual([null]);
  });
});

/** An address where nobody listens any more. */
function gone(): { address: string } {
  using fake = new FakeRegistry({ challenge: "" });
  return { address: fake.address };
}

describe("login over TLS", () => {
  let directory = "";
  let tls = { cert: "", key: "" };
  // Loopback is trusted without verification: pretend the address were somewhere else.
  const elsewhere: TransportOptions = { ...options, resolve: async () => ["192.0.2.1"] };

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "hull-login-"));
    const file = (name: string) => join(directory, name);
    const made = Bun.spawnSync([
      ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-keyout", file("key"), "-out", file("cert"), "-days", "2", "-subj", "/CN=registry"],
      ...["-addext", "subjectAltName=IP:127.0.0.1"],
    ]);
    if (made.exitCode !== 0) throw new Error(`openssl: ${made.stderr}`);
    tls = { cert: readFileSync(file("cert"), "utf8"), key: readFileSync(file("key"), "utf8") };
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const basic = { challenge: 'Basic realm="r"', accepts: basicAuthorization(me) };

  test("a certificate nobody signed is refused, and accepted for an insecure registry", async () => {
    using fake = new FakeRegistry({ ...basic, tls });
    const { message } = await refusal(login(fake.address, me, elsewhere, never));
    expect(message).toBe(
      `Get "https://${fake.address}/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    );
    const trusted = { ...elsewhere, insecureRegistries: [fake.address] };
    expect((await login(fake.address, me, trusted, never)).status).toBe("Login Succeeded");
  });

  test("certs.d holds the authority of a registry", async () => {
    using fake = new FakeRegistry({ ...basic, tls });
    mkdirSync(join(directory, fake.address));
    writeFileSync(join(directory, fake.address, "ca.crt"), tls.cert);
    const withCertificate = { ...elsewhere, certificateDirectories: [directory] };
    expect((await login(fake.address, me, withCertificate, never)).status).toBe("Login Succeeded");
    writeFileSync(join(directory, fake.address, "client.cert"), tls.cert);
    const { message } = await refusal(login(fake.address, me, withCertificate, never));
    expect(message).toContain("missing key client.key for client certificate client.cert");
  });

  test("a wrong password over TLS is not tried again in the clear", async () => {
    using fake = new FakeRegistry({ ...basic, tls });
    const { message } = await refusal(login(fake.address, { ...me, password: "no" }, options, never));
    expect(message).toBe(`login attempt to https://${fake.address}/v2/ failed with status: 401 Unauthorized`);
  });

  test("plain HTTP where it is not allowed says so", async () => {
    using fake = new FakeRegistry(basic);
    const { message } = await refusal(login(fake.address, me, elsewhere, never));
    expect(message).toBe(
      `Get "https://${fake.address}/v2/": http: server gave HTTP response to HTTPS client`,
    );
  });
});
