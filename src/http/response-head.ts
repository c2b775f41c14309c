import type { Headers } from "./reply.ts";

const reasons: Readonly<Record<number, string>> = {
  100: "Continue",
  101: "UPGRADED",
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  206: "Partial Content",
  301: "Moved Permanently",
  304: "Not Modified",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  413: "Request Entity Too Large",
  414: "URI Too Long",
  416: "Requested Range Not Satisfiable",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  499: "Client Closed Request",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  507: "Insufficient Storage",
};

/** Status line and headers with the empty line behind them. Values are kept on one line. */
export function encodeResponseHead(status: number, headers: Headers): string {
  let text = `HTTP/1.1 ${status} ${reasons[status] ?? "Unknown"}\r\n`;
  for (const name in headers) text += `${name}: ${headers[name]?.replace(/[\r\n]+/g, " ")}\r\n`;
  return `${text}\r\n`;
}

let dateSecond = 0;
let dateText = "";

/** The Date header; formatted once a second. */
export function httpDate(): string {
  const now = Date.now();
  const second = Math.floor(now / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(now).toUTCString();
  }
  return dateText;
}
