import type { Scene } from "../scene.ts";
import { type Card, type CardRow, chipWidth, metrics } from "./card-size.ts";
import type { PlacedCard } from "./layout.ts";
import { fitted, textWidth } from "./measure.ts";
import { networkColour } from "./style.ts";
import { element, escaped } from "./xml.ts";

const radius = 9;

export function cardSvg(scene: Scene, { card, x, y }: PlacedCard): string {
  const parts = [
    element("title", {}, escaped(cardTitle(card))),
    ...behind(card),
    element("rect", { class: "card", width: card.width, height: card.height, rx: radius }),
    stripe(scene, card),
    ...head(card),
    ...body(scene, card),
    ...tabs(card),
  ];
  return element("g", { transform: `translate(${x} ${y})` }, parts.join(""));
}

function cardTitle({ service }: Card): string {
  const replicas = service.replicas === 1 ? "" : `, ${service.replicas} replicas`;
  return `${service.name}: ${service.origin}${replicas}${service.live ? `, ${service.live.text}` : ""}`;
}

function behind(card: Card): string[] {
  const steps = card.behind / metrics.stackStep;
  return Array.from({ length: steps }, (_, at) => {
    const shift = (steps - at) * metrics.stackStep;
    return element("rect", {
      class: "back",
      x: shift,
      y: shift,
      width: card.width,
      height: card.height,
      rx: radius,
    });
  });
}

/** A band on the left side in the colours of its networks. */
function stripe(scene: Scene, { service, height }: Card): string {
  const numbers = service.networks.map((key) => scene.networks.findIndex((network) => network.key === key));
  const inset = radius;
  const each = (height - 2 * inset) / Math.max(1, numbers.length);
  return numbers
    .map((number, at) =>
      element("rect", {
        x: -2,
        y: inset + at * each + (at === 0 ? 0 : 1),
        width: 4,
        height: each - (at === 0 ? 0 : 1),
        rx: 2,
        style: `fill:${networkColour(number)}`,
      }),
    )
    .join("");
}

function head({ service, width }: Card): string[] {
  const { padding, nameSize, textSize } = metrics;
  const room = width - 2 * padding;
  const badge = service.replicas === 1 ? "" : `×${service.replicas}`;
  const badgeWidth = badge === "" ? 0 : textWidth(badge, 12, true) + 14;
  const parts = [
    element(
      "text",
      { class: "name", x: padding, y: 25 },
      escaped(fitted(service.name, nameSize, room - badgeWidth, true)),
    ),
    element("text", { class: "soft", x: padding, y: 43 }, escaped(fitted(service.origin, textSize, room))),
  ];
  if (badge === "") return parts;
  const left = width - padding - badgeWidth;
  return [
    ...parts,
    element("rect", { class: "badge", x: left, y: 11, width: badgeWidth, height: 19, rx: 9.5 }),
    element(
      "text",
      { class: "chip", x: left + badgeWidth / 2, y: 24.5, "text-anchor": "middle" },
      escaped(badge),
    ),
  ];
}

function body(scene: Scene, card: Card): string[] {
  const { padding, rowHeight, chipHeight, textSize } = metrics;
  const parts: string[] = [];
  let y: number = metrics.headHeight + 4;
  if (card.service.live) {
    const { mood, text } = card.service.live;
    parts.push(
      element("circle", { class: mood, cx: padding + 4, cy: y + 9, r: 4 }),
      element(
        "text",
        { x: padding + 18, y: y + 13 },
        escaped(fitted(text, textSize, card.width - 2 * padding - 18)),
      ),
    );
    y += rowHeight;
  }
  for (const line of card.chips) {
    let x: number = padding;
    for (const key of line) {
      const number = scene.networks.findIndex((network) => network.key === key);
      parts.push(chip(key, number, x, y + 2));
      x += chipWidth(key) + 6;
    }
    y += chipHeight;
  }
  for (const row of card.rows) {
    parts.push(rowSvg(row, padding, y, card.width - 2 * padding - 20));
    y += rowHeight;
  }
  return parts;
}

export function chip(text: string, number: number, x: number, y: number): string {
  const colour = networkColour(number);
  const width = chipWidth(text);
  return [
    element("rect", { x, y, width, height: 18, rx: 9, style: `fill:${colour};fill-opacity:.14` }),
    element(
      "text",
      { class: "chip", x: x + width / 2, y: y + 13, "text-anchor": "middle", style: `fill:${colour}` },
      escaped(text),
    ),
  ].join("");
}

/** Outlines of 14 by 14. */
const signs: Readonly<Record<CardRow["sign"], string>> = {
  volume: "M2 3.5c0-1 2.2-1.8 5-1.8s5 .8 5 1.8-2.2 1.8-5 1.8-5-.8-5-1.8v7c0 1 2.2 1.8 5 1.8s5-.8 5-1.8v-7",
  bind: "M1.5 11.5v-9h4l1.5 2h5.5v7z",
  config: "M3 1.5h5l3 3v8H3zM8 1.5v3h3M5 7.5h4M5 10h4",
  secret: "M6.5 5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM6 6.5l6 5M10 9.8l-1.3 1.5",
  note: "M7 1.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM7 6.5v3.5M7 4.2v.1",
};

function rowSvg({ sign, text }: CardRow, x: number, y: number, room: number): string {
  return [
    element("path", { class: "sign", d: signs[sign], transform: `translate(${x} ${y + 2})` }),
    element("text", { class: "soft", x: x + 20, y: y + 13 }, escaped(fitted(text, metrics.textSize, room))),
  ].join("");
}

/** Ports sit on the upper edge: that is where the host comes in. */
function tabs({ tabs: lines, width }: Card): string[] {
  const parts: string[] = [];
  for (const [at, line] of lines.entries()) {
    let x = 12;
    const y = (at - lines.length + 1) * metrics.tabHeight - 14;
    for (const text of line) {
      const size = Math.min(chipWidth(text), width - 24);
      parts.push(
        element("rect", { class: "port", x, y, width: size, height: 20, rx: 10 }),
        element(
          "text",
          { class: "portText", x: x + size / 2, y: y + 14, "text-anchor": "middle" },
          escaped(fitted(text, metrics.chipSize, size - 12, true)),
        ),
      );
      x += size + 6;
    }
  }
  return parts;
}
