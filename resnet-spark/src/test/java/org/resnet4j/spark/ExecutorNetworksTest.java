package org.resnet4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.zoo.Models;

/** Networks are shared while they are used, and closed once, by the next that is opened. */
class ExecutorNetworksTest {
  private final ExecutorNetworks networks = new ExecutorNetworks();
  private final Map<String, Integer> closed = new TreeMap<>();

  private ExecutorNetworks.Lease lease(String key) {
    return networks.lease(key, () -> new Counted(key));
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

  /** A network that computes nothing and counts how often it is closed. */
  private final class Counted implements NetworkPart.Compiled {
    private final String key;

    Counted(String key) {
      this.key = key;
    }

    @Override
    public ImagePipeline pipeline() {
      return Models.create("resnet8").pipeline();
    }

    @Override
    public List<String> classes() {
      return List.of();
    }

    @Override
    public INDArray of(INDArray batch) {
      return batch;
    }

    @Override
    public void close() {
      closed.merge(key, 1, Integer::sum);
    }
  }
}
