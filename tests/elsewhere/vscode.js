// What VS Code puts between its widget manager and a kernel: comms over the channels of Jupyter's
// messages. The test hands messages on, to and from a real kernel.
class Signal {
  #told = new Set();
  connect(slot) {
    this.#told.add(slot);
    return true;
  }
  disconnect(slot) {
    return this.#told.delete(slot);
  }
  emit(sender, args) {
    for (const slot of this.#told) slot(sender, args);
  }
}

class Comm {
  constructor(kernel, targetName, commId) {
    Object.assign(this, { kernel, targetName, commId });
  }
  open(data, metadata, buffers) {
    return this.#say("comm_open", { target_name: this.targetName, data }, metadata);
  }
  send(data, metadata) {
    return this.#say("comm_msg", { data }, metadata);
  }
  close(data, metadata) {
    return this.#say("comm_close", { data: data ?? {} }, metadata);
  }
  #say(kind, content, metadata) {
    const { kernel } = this;
    const msg = { header: { msg_id: crypto.randomUUID() } };
    const future = { msg, registerMessageHook() {}, removeMessageHook() {}, dispose() {} };
    future.done = new Promise((over) => (future.over = over));
    kernel.futures.set(msg.header.msg_id, future);
    window.toKernel(kind, { comm_id: this.commId, ...content }, metadata ?? {}, msg.header.msg_id);
    return future;
  }
}

class Kernel {
  id = "kernel";
  name = "python3";
  status = "idle";
  connectionStatus = "connected";
  username = "reader";
  clientId = "vscode";
  handleComms = true;
  futures = new Map();
  comms = new Map();
  targets = new Map();
  statusChanged = new Signal();
  connectionStatusChanged = new Signal();
  iopubMessage = new Signal();
  unhandledMessage = new Signal();
  shown = [];

  registerCommTarget(name, opened) {
    this.targets.set(name, opened);
  }
  removeCommTarget(name) {
    this.targets.delete(name);
  }
  createComm(targetName, commId = crypto.randomUUID()) {
    const comm = new Comm(this, targetName, commId);
    this.comms.set(commId, comm);
    return comm;
  }
  async requestCommInfo() {
    return { content: { status: "ok", comms: {} } };
  }
  async hear(msg) {
    const kind = msg.header.msg_type;
    const { comm_id: id, target_name: target } = msg.content;
    if (kind === "comm_open") await this.targets.get(target)?.(this.createComm(target, id), msg);
    if (kind === "comm_msg") await this.comms.get(id)?.onMsg?.(msg);
    if (kind === "display_data" || kind === "execute_result") this.shown.push(msg.content.data);
    this.iopubMessage.emit(this, msg);
    const future = this.futures.get(msg.parent_header.msg_id);
    await future?.onIOPub?.(msg);
    if (kind === "status" && msg.content.execution_state === "idle") future?.over();
  }
}

window.begin = async () => {
  const { activate } = await import("./ipywidgets.js");
  activate();
  window.vscIPyWidgets8.load();
  const kernel = new Kernel();
  const asked = [];
  const loader = {
    widgetsRegisteredInRequireJs: new Set(),
    // VS Code reads in the environment's nbextensions where a widget's script lies.
    async loadWidgetScript(name) {
      asked.push(name);
      const reads = (found, broken) => window.requirejs([`nbextensions/${name}/extension`], found, broken);
      await new Promise(reads);
    },
    successHandler() {},
    errorHandler(name, module, version, error) {
      console.error(`${module}: ${error}`);
    },
  };
  const place = document.querySelector("#output");
  const manager = new window.vscIPyWidgets.WidgetManager(kernel, place, loader, () => {});
  const hears = async () => {
    for (const msg of await window.fromKernel()) await kernel.hear(msg);
    setTimeout(hears, 20);
  };
  hears();
  window.show = async () => {
    const view = kernel.shown.at(-1)["application/vnd.jupyter.widget-view+json"];
    const model = await manager.get_model(view.model_id);
    await manager.display_view({}, await manager.create_view(model), { node: place });
    return asked;
  };
  window.hasShown = () => kernel.shown.length;
};
