import assert from "node:assert/strict";
import { parseXml, XmlError } from "../../../src/storage/xml.ts";

Deno.test("parseXml() reads elements in their order, without namespaces and attributes", () => {
  const root = parseXml(
    `<?xml version="1.0" encoding="UTF-8"?>\n<s:a xmlns:s="urn:x"><b k="1">one</b><c/><!-- no -->` +
      `<b>two</b><s:d><e>deep</e></s:d></s:a>\n`,
  );
  assert.equal(root.name, "a");
  assert.deepEqual(root.children.map(({ name }) => name), ["b", "c", "b", "d"]);
  assert.deepEqual(root.all("b").map(({ text }) => text), ["one", "two"]);
  assert.equal(root.textOf("b"), "one");
  assert.equal(root.textOf("c"), "");
  assert.equal(root.textOf("z"), undefined);
  assert.equal(root.all("d")[0]?.textOf("e"), "deep");
});

Deno.test("parseXml() leaves values as they are written: no numbers, no truth, no trimming", () => {
  const root = parseXml("<a><b>007</b><b>1e3</b><b>true</b><b> x </b><b>0x10</b></a>");
  assert.deepEqual(root.all("b").map(({ text }) => text), ["007", "1e3", "true", " x ", "0x10"]);
});

Deno.test("parseXml() decodes the five entities and characters by number, once", () => {
  const text = (content: string) => parseXml(`<a>${content}</a>`).text;
  assert.equal(text("&lt;&gt;&amp;&quot;&apos;"), `<>&"'`);
  assert.equal(text("&#65;&#x42;&#x1F600;"), "AB😀");
  assert.equal(text("&amp;lt;"), "&lt;");
  assert.equal(text("&unknown; &#x110000;"), "&unknown; &#x110000;");
  assert.equal(text("x<![CDATA[<b>&amp;</b>]]>y"), "x<b>&amp;</b>y");
});

Deno.test("parseXml() expands no entities of a document", () => {
  const bomb = `<!DOCTYPE a [<!ENTITY x "${"x".repeat(100)}"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>`;
  assert.throws(() => parseXml(bomb), XmlError);
  assert.throws(() => parseXml(bomb.replace("DOCTYPE", "doctype")), XmlError);
  const file = `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`;
  assert.throws(() => parseXml(file), XmlError);
});

Deno.test("parseXml() takes names that objects have for names of elements", () => {
  const root = parseXml(
    "<a><__proto__><polluted>1</polluted></__proto__><constructor>2</constructor>" +
      "<toString>3</toString><hasOwnProperty>4</hasOwnProperty></a>",
  );
  assert.equal(root.textOf("constructor"), "2");
  assert.equal(root.textOf("toString"), "3");
  assert.equal(root.textOf("hasOwnProperty"), "4");
  assert.equal(root.textOf("valueOf"), undefined);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

Deno.test("parseXml() refuses what is no document with one root", () => {
  for (
    const text of [
      "",
      "hello",
      "{}",
      "<a>",
      "<a></b>",
      "<a/><b/>",
      "<a",
      "<html><p>x<br></p></html>",
      "<a>".repeat(100_000) + "</a>".repeat(100_000),
    ]
  ) assert.throws(() => parseXml(text), XmlError, text.slice(0, 50));
});
