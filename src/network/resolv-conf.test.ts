import { describe, expect, test } from "bun:test";
import { resolvConf } from "./resolv-conf.ts";

const wish = { host: "nameserver 10.255.255.53\n", servers: [], search: [], options: [], hostNetwork: false };

describe("resolvConf", () => {
  test("is the host's file when a container can use it", () => {
    expect(resolvConf(wish)).toBe("nameserver 10.255.255.53\n");
    expect(resolvConf({ ...wish, host: "# note\nsearch a.b\nnameserver 10.0.0.1" })).toBe(
      "# note\nsearch a.b\nnameserver 10.0.0.1\n",
    );
  });

  test("leaves out loopback and IPv6 servers, keeping the other lines", () => {
    expect(
      resolvConf({
        ...wish,
        host: "search a\nnameserver 127.0.0.53\nnameserver 10.0.0.1\nnameserver fe80::1%eth0\n",
      }),
    ).toBe("search a\nnameserver 10.0.0.1\n");
  });

  test("falls back to public servers", () => {
    const expected = "options edns0\nnameserver 8.8.8.8\nnameserver 8.8.4.4\n";
    expect(resolvConf({ ...wish, host: "nameserver 127.0.0.53\noptions edns0\n" })).toBe(expected);
    expect(resolvConf({ ...wish, host: "" })).toBe("nameserver 8.8.8.8\nnameserver 8.8.4.4\n");
  });

  test("replaces by the user's servers, search list and options in Docker's order", () => {
    expect(
      resolvConf({ ...wish, servers: ["1.1.1.1", "8.8.8.8"], search: ["foo.com"], options: ["ndots:3"] }),
    ).toBe("search foo.com\nnameserver 1.1.1.1\nnameserver 8.8.8.8\noptions ndots:3\n");
    expect(resolvConf({ ...wish, options: ["ndots:2"] })).toBe("nameserver 10.255.255.53\noptions ndots:2\n");
    expect(resolvConf({ ...wish, host: "search x\nnameserver 10.0.0.1\n", search: ["."] })).toBe(
      "nameserver 10.0.0.1\n",
    );
  });

  test("with the host's network keeps the host's loopback resolver", () => {
    const host = "nameserver 127.0.0.53\n";
    expect(resolvConf({ ...wish, host, hostNetwork: true })).toBe(host);
    expect(resolvConf({ ...wish, host, hostNetwork: true, servers: ["1.2.3.4"] })).toBe(
      "nameserver 1.2.3.4\n",
    );
    expect(resolvConf({ ...wish, host, hostNetwork: true, options: ["ndots:2"] })).toBe(
      "nameserver 127.0.0.53\noptions ndots:2\n",
    );
  });
});
