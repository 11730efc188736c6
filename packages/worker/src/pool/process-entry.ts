// The entry of a pool process: what a terminal or a service manager sends to all is for the main process to decide.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

await import("./process-main.js");
