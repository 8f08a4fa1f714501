/** A request as the server makes it of what arrives. */
export function request(method: string, path: string, body?: BodyInit): Request {
  return new Request(`http://node.example:8081${path}`, { method, body });
}
