/**
 * What a leader runs in these tests: tells everybody who asks under which leadership it runs. Arguments:
 * `WEBUI=PORT` for each master, which says where the program of that one listens.
 */
const { MASTERD_WEBUI_PORT: webuiPort, MASTERD_EPOCH: epoch } = Deno.env.toObject();
const ports = new Map(Deno.args.map((argument) => argument.split("=") as [string, string]));

Deno.serve(
  { hostname: "localhost", port: Number(ports.get(webuiPort!)), onListen() {} },
  () => Response.json({ epoch }),
);
