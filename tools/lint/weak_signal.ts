/// <reference lib="deno.unstable" />

/** Deno 2.6 collects a combined signal that only listeners wait for, and its abort is lost. */
export const weakSignal: Deno.lint.Rule = {
  create(context) {
    return {
      "MemberExpression[object.name='AbortSignal'][property.name='any']"(node) {
        context.report({
          node,
          message: "AbortSignal.any can be garbage collected while something waits for it",
          hint: "Use AnySignal of src/async/any_signal.ts",
        });
      },
    };
  },
};
