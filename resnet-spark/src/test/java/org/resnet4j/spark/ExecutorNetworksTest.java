package org.resnet4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Normalization;

/** Networks are shared while they are used, and closed once, by the next that is opened. */
class ExecutorNetworksTest {
  private final ExecutorNetworks networks = new ExecutorNetworks();
  private final Map<String, Integer> closed = new TreeMap<>();

  private ExecutorNetworks.Lease lease(String key) {
    return networks.lease(key, () -> counted(key));
  }

  @Test
  void tasksShareANetworkAndLaterStagesFindIt() {
    ExecutorNetworks.Lease first = lease("a");
    ExecutorNetworks.Lease second = lease("a");
    assertThat(second.network()).isSameAs(first.network());
    first.close();
    second.close();

    assertThat(lease("a").network()).isSameAs(first.network());
    assertThat(networks.compiled()).isEqualTo(1);
    assertThat(closed).isEmpty();
  }

  @Test
  void unusedNetworksAreClosedWhenAnotherIsOpened() {
    ExecutorNetworks.Lease used = lease("used");
    ExecutorNetworks.Lease unused = lease("unused");
    unused.close();
    unused.close(); // a task may end twice: by its last row and by its listener

    lease("other").close();
    assertThat(closed).isEqualTo(Map.of("unused", 1));
    assertThat(lease("used").network()).isSameAs(used.network());
    used.close();
    lease("third").close();
    assertThat(closed).isEqualTo(Map.of("unused", 1, "other", 1));
  }

  /** Returns a network that computes nothing and counts how often it is closed. */
  private NetworkPart.Compiled counted(String key) {
    return new NetworkPart.Compiled(
        ImagePipeline.exact(new Shape(1, 1, 1), Normalization.UNIT),
        batch -> batch,
        outputs -> List.of(),
        () -> closed.merge(key, 1, Integer::sum));
  }
}
