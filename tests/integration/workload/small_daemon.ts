// In the place of a daemon that can be killed: starts the program its arguments name, and hands on
// its own input.
const [program, ...args] = Deno.args;
const guard = new Deno.Command(program!, { args, stdin: "piped", detached: true }).spawn();
await Deno.stdin.readable.pipeTo(guard.stdin);
