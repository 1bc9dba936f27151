// Shows the OpenAPI document of this gateway: services, methods, what they take and answer, and how to ask
// with curl. Every text goes in as text, never as markup.
'use strict';

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

// Comments are CommonMark with its signs escaped.
const plain = (text) => (text || '').replace(/\\([*<_])/g, '$1');
const quote = (text) => "'" + String(text).replace(/'/g, "'\\''") + "'";

let api = null;
const resolve = (thing) => {
  let at = thing;
  while (at && at.$ref) at = at.$ref.slice(2).split('/').reduce((found, key) => found && found[key], api);
  return at || {};
};

// The message or enum behind a schema, through arrays and wrappers.
const target = (schema) => {
  let at = schema;
  for (let i = 0; i < 8 && at; ++i) {
    if (at.$ref) at = resolve(at);
    else if (at.allOf) at = at.allOf[0];
    else if (at.items) at = at.items;
    else if (at.additionalProperties && at.additionalProperties !== true) at = at.additionalProperties;
    else return at;
  }
  return at || {};
};

const typeName = (schema) => {
  if (!schema) return '';
  if (schema.allOf) return typeName(schema.allOf[0]);
  if (schema.$ref) return schema.$ref.split('/').pop().split('.').slice(-1)[0];
  if (schema.items) return typeName(schema.items) + '[]';
  if (schema.additionalProperties && schema.additionalProperties !== true) {
    return 'map of ' + typeName(schema.additionalProperties);
  }
  return schema.format && schema.format !== 'byte' ? schema.format : schema.format === 'byte' ? 'base64' : schema.type || '';
};

const bounds = (schema) => {
  const words = [];
  if (schema.minimum !== undefined) words.push(schema.minimum + ' to ' + schema.maximum);
  if (schema.maxLength !== undefined) words.push('at most ' + schema.maxLength + ' bytes');
  if (schema.maxItems !== undefined) words.push('at most ' + schema.maxItems);
  if (schema.readOnly) words.push('only in answers');
  return words.length ? ', ' + words.join(', ') : '';
};

const fieldItem = (name, schema, required, said) => {
  const item = make('li', {}, make('code', {}, name), ' ', make('span', { class: 'type' }, typeName(schema) + bounds(schema)));
  if (required) item.append(' ', make('span', { class: 'must' }, 'required'));
  const inner = target(schema);
  const comment = plain(said || schema.description);
  if (comment) item.append(' ', make('span', { class: 'said' }, comment));
  if (inner.enum) item.append(' ', make('span', { class: 'type' }, inner.enum.join(' | ')));
  if (inner.properties) {
    const more = make('button', { class: 'more', type: 'button', 'aria-expanded': 'false' }, 'fields');
    more.addEventListener('click', () => {
      const open = more.getAttribute('aria-expanded') === 'true';
      more.setAttribute('aria-expanded', String(!open));
      if (open) item.lastChild.remove();
      else item.append(fieldList(inner));
    });
    item.append(' ', more);
  }
  return item;
};

const fieldList = (schema) => {
  const list = make('ul', { class: 'fields' });
  for (const [name, property] of Object.entries(schema.properties || {})) {
    list.append(fieldItem(name, property, (schema.required || []).includes(name)));
  }
  return list;
};

const jsonOf = (content) => content && content['application/json'];

const curlOf = (verb, path, operation) => {
  const parameters = (operation.parameters || []).map(resolve);
  const must = parameters.filter((one) => one.in === 'query' && one.required);
  const query = must.map((one) => one.name + '=' + (one.schema.format === 'date' ? '2026-12-05' : '…')).join('&');
  const lines = ['curl -s ' + (verb === 'get' ? '' : '-X ' + verb.toUpperCase() + ' ') +
    quote(location.origin + path + (query ? '?' + query : ''))];
  if (!operation.security.some((one) => Object.keys(one).length === 0)) lines.push('-H "Authorization: Bearer $token"');
  if (parameters.some((one) => one.name === 'Idempotency-Key')) {
    lines.push('-H "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)"');
  }
  const body = operation.requestBody && jsonOf(operation.requestBody.content);
  if (body) lines.push("-H 'Content-Type: application/json'", '-d ' + quote(JSON.stringify(body.example)));
  return lines.join(' \\\n  ');
};

const fill = (inside, verb, path, operation) => {
  inside.append(make('p', {}, plain(operation.description)));
  const parameters = (operation.parameters || []).map(resolve);
  for (const [place, title] of [['path', '路径 Path'], ['query', '查询 Query'], ['header', '请求头 Headers']]) {
    const here = parameters.filter((one) => one.in === place);
    if (!here.length) continue;
    const list = make('ul', { class: 'fields' });
    for (const one of here) list.append(fieldItem(one.name, one.schema, one.required, one.description));
    inside.append(make('h4', {}, title), list);
  }
  const body = operation.requestBody && jsonOf(operation.requestBody.content);
  if (body) {
    const schema = target(body.schema);
    inside.append(make('h4', {}, '请求体 Body'), schema.properties ? fieldList(schema) : make('p', { class: 'type' }, typeName(body.schema)));
  }
  inside.append(make('h4', {}, '示例 Example'), make('pre', { tabindex: '0' }, curlOf(verb, path, operation)));
  const answer = operation.responses['200'];
  const json = jsonOf(answer.content);
  inside.append(make('h4', {}, '答复 Answer'), make('p', { class: 'said' }, answer.description));
  const lines = answer.content['application/x-ndjson'];
  const schema = json ? target(json.schema) : lines ? target(lines.schema.properties.result) : {};
  if (schema.properties) inside.append(fieldList(schema));
  if (json && json.example !== undefined) inside.append(make('pre', { tabindex: '0' }, JSON.stringify(json.example, null, 2)));
};

const methods = [];  // {element, words, section}
const addMethod = (section, verb, path, operation) => {
  const inside = make('div', { class: 'inside' });
  const element = make('details', { id: operation.operationId },
    make('summary', {}, make('span', { class: 'verb' }, verb.toUpperCase()), make('span', { class: 'path' }, path),
      make('span', { class: 'name' }, operation.summary)), inside);
  element.addEventListener('toggle', () => {
    if (element.open && !inside.firstChild) fill(inside, verb, path, operation);
  });
  const words = [verb, path, operation.operationId, operation.summary, plain(operation.description)].join(' ').toLowerCase();
  methods.push({ element, words, section });
  section.append(element);
};

const search = (text) => {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  const left = new Map();
  for (const { element, words, section } of methods) {
    element.hidden = !wanted.every((word) => words.includes(word));
    left.set(section, (left.get(section) || 0) + (element.hidden ? 0 : 1));
  }
  let all = 0;
  for (const [section, count] of left) {
    section.hidden = count === 0;
    document.getElementById('to-' + section.id).hidden = count === 0;
    all += count;
  }
  document.getElementById('count').textContent = all + ' / ' + methods.length;
  if (all === 1) methods.find((one) => !one.element.hidden).element.open = true;
};

const openNamed = () => {
  const element = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (element && element.tagName === 'DETAILS') {
    element.open = true;
    element.scrollIntoView({ block: 'center' });
  }
};

const show = () => {
  document.getElementById('version').textContent = api.info.version;
  document.getElementById('about').textContent = api.info.description;
  const services = document.getElementById('services');
  const sections = new Map();
  for (const tag of api.tags) {
    const section = make('section', { id: tag.name }, make('h2', {}, tag.name), make('p', { class: 'said' }, plain(tag.description)));
    sections.set(tag.name, section);
  }
  for (const [path, operations] of Object.entries(api.paths)) {
    for (const [verb, operation] of Object.entries(operations)) addMethod(sections.get(operation.tags[0]), verb, path, operation);
  }
  for (const [name, section] of sections) {
    const count = section.querySelectorAll('details').length;
    services.append(make('a', { href: '#' + name, id: 'to-' + name }, name.replace(/Service$/, ''), ' ', make('span', {}, String(count))));
    document.getElementById('methods').append(section);
  }
  const words = document.getElementById('words');
  words.addEventListener('input', () => search(words.value));
  document.getElementById('find').addEventListener('submit', (event) => event.preventDefault());
  // A link can carry a search: /docs?q=booking.
  words.value = new URLSearchParams(location.search).get('q') || words.value;
  search(words.value);
  openNamed();
  window.addEventListener('hashchange', openNamed);
  document.body.dataset.ready = 'yes';
};

fetch('/openapi.json').then((answer) => answer.json()).then((document) => {
  api = document;
  show();
}).catch((error) => {
  document.getElementById('about').textContent = '无法读取 Cannot read /openapi.json: ' + error.message;
});
