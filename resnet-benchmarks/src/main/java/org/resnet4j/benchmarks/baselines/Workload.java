package org.resnet4j.benchmarks.baselines;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.resnet4j.arch.Architectures;

/**
 * A network, batch size and computation to measure.
 *
 * @param model name of an architecture
 * @param batch number of images
 */
public record Workload(Work work, String model, int batch) {
  public Workload {
    Architectures.byName(model); // refuses an unknown one and names the nearest
    if (batch < 1) {
      throw new IllegalArgumentException("batch: expected 1 or more but was " + batch);
    }
  }

  /** The default workloads. */
  public static final List<Workload> ALL =
      List.of(
          new Workload(Work.INFERENCE, "resnet50", 1),
          new Workload(Work.INFERENCE, "resnet50", 8),
          new Workload(Work.INFERENCE, "resnet18", 1),
          new Workload(Work.INFERENCE, "resnet20_cifar", 128),
          new Workload(Work.TRAINING, "resnet50", 8),
          new Workload(Work.TRAINING, "resnet18_d2l", 64),
          new Workload(Work.TRAINING, "resnet20_cifar", 128));

  /** Returns the id, for example {@code inference:resnet50:8}. */
  public String id() {
    return "%s:%s:%s".formatted(work.name().toLowerCase(Locale.ROOT), model, batch);
  }

  /** Reads an {@link #id} of any architecture and batch. */
  public static Workload parse(String id) {
    String[] parts = id.split(":", -1);
    Work work =
        Stream.of(Work.values())
            .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(parts[0]))
            .findFirst()
            .orElse(null);
    if (work == null || parts.length != 3 || !parts[2].matches("\\d{1,6}")) {
      throw new IllegalArgumentException(
          "workload: expected WORK:MODEL:BATCH, for example inference:resnet50:8, but was \""
              + id
              + "\"");
    }
    return new Workload(work, parts[1], Integer.parseInt(parts[2]));
  }

  /** Returns a title for people, such as {@code resnet50, inference, batch 8}. */
  public String title() {
    return "%s, %s, batch %s".formatted(model, work.name().toLowerCase(Locale.ROOT), batch);
  }
}
