// Shows /api/v1/openapi.json and sends what is filled in. Everything from the server is put in as text, never as HTML.
"use strict";

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element[name] = value;
  element.append(...children);
  return element;
}

function example(schema, components, depth = 0) {
  if (!schema || depth > 4) return null;
  if (schema.$ref) return example(components[schema.$ref.split("/").pop()], components, depth + 1);
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  if (schema.enum) return schema.enum[0];
  const one = (schema.anyOf || schema.oneOf || [])[0];
  if (one) return example(one, components, depth + 1);
  switch (schema.type) {
    case "object": {
      const filled = {};
      for (const [name, part] of Object.entries(schema.properties || {}))
        if ((schema.required || []).includes(name)) filled[name] = example(part, components, depth + 1);
      return filled;
    }
    case "array": return [];
    case "integer": case "number": return 0;
    case "boolean": return false;
    default: return "";
  }
}

function fieldFor(parameter) {
  const input = make("input", { name: parameter.name, required: parameter.required === true });
  if (parameter.schema && parameter.schema.type === "integer") input.inputMode = "numeric";
  return { parameter, input, label: make("label", {}, `${parameter.name} (${parameter.in}) `, input) };
}

function requestOf(method, path, fields, area, file) {
  const headers = {};
  const query = new URLSearchParams();
  let address = path;
  for (const { parameter, input } of fields) {
    if (parameter.in === "path") address = address.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    else if (input.value !== "" && parameter.in === "query") query.set(parameter.name, input.value);
    else if (input.value !== "") headers[parameter.name] = input.value;
  }
  const token = document.getElementById("token").value;
  if (token) headers.authorization = `Bearer ${token}`;
  const body = file ? file.files[0] : area ? area.value : undefined;
  if (area) headers["content-type"] = "application/json";
  const asked = query.toString();
  return [asked ? `${address}?${asked}` : address, { method: method.toUpperCase(), headers, body }];
}

async function shown(response) {
  const kind = response.headers.get("content-type") || "";
  if (kind.startsWith("application/json")) return JSON.stringify(await response.json(), null, 2);
  if (kind.startsWith("text/")) return await response.text();
  return `${(await response.blob()).size} bytes of ${kind || "nothing"}`;
}

function operation(path, method, described, components) {
  const fields = (described.parameters || []).map(fieldFor);
  const content = described.requestBody && described.requestBody.content;
  const json = content && content["application/json"];
  const area = json && make("textarea", { value: JSON.stringify(example(json.schema, components), null, 2) });
  const file = content && !json && make("input", { type: "file" });
  const answer = make("pre", { hidden: true });
  answer.setAttribute("aria-live", "polite");
  const form = make("form", {}, make("p", {}, described.description || ""), ...fields.map((field) => field.label));
  if (area) form.append(make("label", {}, "body ", area));
  if (file) form.append(make("label", {}, "file ", file));
  form.append(make("button", { type: "submit" }, "Send"), answer);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    answer.hidden = false;
    answer.textContent = "…";
    try {
      const response = await fetch(...requestOf(method, path, fields, area, file));
      answer.textContent = `${response.status} ${response.statusText}\n\n${await shown(response)}`;
    } catch (problem) {
      answer.textContent = String(problem);
    }
  });
  const title = make("summary", {}, make("span", { className: "method" }, method.toUpperCase()),
    make("span", { className: "path" }, path), ` ${described.summary}`);
  return make("details", {}, title, form);
}

async function start() {
  const place = document.getElementById("operations");
  const document_ = await (await fetch("v1/openapi.json")).json();
  const groups = new Map();
  for (const [path, methods] of Object.entries(document_.paths))
    for (const [method, described] of Object.entries(methods)) {
      const tag = described.tags[0];
      if (!groups.has(tag)) groups.set(tag, make("section", {}, make("h2", {}, tag)));
      groups.get(tag).append(operation(path, method, described, document_.components.schemas));
    }
  place.replaceChildren(...groups.values());
  place.removeAttribute("aria-busy");
}

start();
