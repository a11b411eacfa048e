package org.resnet4j.spark;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The compiled networks of this executor: one for each model, which all of its tasks share. A
 * network that no task uses is kept for the next stage, until another one is opened.
 */
final class ExecutorNetworks {
  /** The networks of this JVM. */
  static final ExecutorNetworks OF_THIS_JVM = new ExecutorNetworks();

  private final Map<String, Shared> open = new HashMap<>();
  private int compiled;

  private static final class Shared {
    final NetworkPart.Compiled network;
    int users;

    Shared(NetworkPart.Compiled network) {
      this.network = network;
    }
  }

  /** A network in use, until it is given back by {@link #close}. */
  final class Lease implements AutoCloseable {
    private final Shared shared;
    private boolean closed;

    private Lease(Shared shared) {
      this.shared = shared;
    }

    NetworkPart.Compiled network() {
      return shared.network;
    }

    @Override
    public void close() {
      synchronized (ExecutorNetworks.this) {
        if (!closed) {
          closed = true;
          shared.users--;
        }
      }
    }
  }

  /**
   * Returns the network {@code key}, compiled now if it is not there yet.
   *
   * @param key equal for equal parameters and parts
   */
  synchronized Lease lease(String key, Supplier<NetworkPart.Compiled> compile) {
    Shared shared = open.get(key);
    if (shared == null) {
      closeUnused();
      shared = new Shared(compile.get());
      compiled++;
      open.put(key, shared);
    }
    shared.users++;
    return new Lease(shared);
  }

  /** Returns the number of networks that were compiled so far. */
  synchronized int compiled() {
    return compiled;
  }

  private void closeUnused() {
    open.values()
        .removeIf(
            shared -> {
              if (shared.users == 0) {
                shared.network.close();
              }
              return shared.users == 0;
            });
  }
}
