package org.resnet4j.spark;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.Prefetch;

/**
 * The rows of a partition with the columns that a network adds, computed in batches while further
 * images are decoded on {@code spark.task.cpus} threads.
 */
final class ScoredRows implements Iterator<Row> {
  /** The cells that a row gains for the numbers that the network computed of its image. */
  interface Columns extends Serializable {
    @Nullable Object[] of(float[] numbers, List<String> names);
  }

  /**
   * The instructions for a task.
   *
   * @param image place of the column with images
   * @param path place of a column with their names; -1 without one
   * @param added number of columns of {@code columns}
   * @param skipped counts the rows that are left out
   */
  record Plan(
      SharedModel model,
      int image,
      int path,
      int batch,
      UnreadableImages unreadable,
      Columns columns,
      int added,
      LongAccumulator skipped)
      implements Serializable {

    /** Returns the rows of a partition; the network is given back when the task ends. */
    Iterator<Row> score(Iterator<Row> rows) {
      TaskContext task = TaskContext.get();
      ExecutorNetworks.Lease lease = model.lease();
      ScoredRows scored = new ScoredRows(this, lease.network(), rows, task.cpus());
      task.addTaskCompletionListener(
          ended -> {
            scored.prepared.close();
            lease.close();
          });
      return scored;
    }
  }

  /**
   * An image before the network.
   *
   * @param input null if it is not readable
   * @param error why not
   */
  private record Prepared(Row row, float @Nullable [] input, @Nullable String error) {}

  private final Plan plan;
  private final NetworkPart.Compiled network;
  private final Prefetch<Prepared> prepared;
  private final Queue<Row> ready = new ArrayDeque<>();

  private ScoredRows(Plan plan, NetworkPart.Compiled network, Iterator<Row> rows, int threads) {
    this.plan = plan;
    this.network = network;
    prepared = new Prefetch<>(threads, plan.batch() + threads, tasks(rows));
  }

  private Iterator<Callable<Prepared>> tasks(Iterator<Row> rows) {
    return new Iterator<>() {
      private long index;

      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Callable<Prepared> next() {
        Row row = rows.next();
        String where = where(row, index++);
        return () -> prepare(row, where);
      }
    };
  }

  private String where(Row row, long index) {
    return plan.path() < 0 || row.isNullAt(plan.path())
        ? "row %s of partition %s".formatted(index, TaskContext.getPartitionId())
        : row.getString(plan.path());
  }

  private Prepared prepare(Row row, String where) throws IOException {
    try {
      return new Prepared(
          row, ImageCell.prepare(row.get(plan.image()), where, network.pipeline()), null);
    } catch (IOException | IllegalArgumentException e) {
      if (plan.unreadable() == UnreadableImages.ERROR) {
        throw e;
      }
      return new Prepared(row, null, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && prepared.hasNext()) {
      fill();
    }
    return !ready.isEmpty();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException("no further row in this partition");
    }
    return ready.remove();
  }

  /** Computes the next batch. */
  private void fill() {
    List<Prepared> rows = new ArrayList<>();
    while (rows.size() < plan.batch() && prepared.hasNext()) {
      Prepared next = prepared.next();
      if (next.input() == null && plan.unreadable() == UnreadableImages.SKIP) {
        plan.skipped().add(1);
      } else {
        rows.add(next);
      }
    }
    List<float[]> computed =
        network.of(rows.stream().map(Prepared::input).filter(Objects::nonNull).toList());
    List<String> names =
        computed.isEmpty() ? List.of() : network.names().apply(computed.get(0).length);
    Iterator<float[]> numbers = computed.iterator();
    for (Prepared row : rows) {
      ready.add(
          row.input() == null
              ? row(row, new Object[plan.added()])
              : row(row, plan.columns().of(numbers.next(), names)));
    }
  }

  private Row row(Prepared prepared, @Nullable Object[] added) {
    List<@Nullable Object> cells = new ArrayList<>();
    for (int i = 0; i < prepared.row().length(); i++) {
      cells.add(prepared.row().get(i));
    }
    cells.addAll(Arrays.asList(added));
    if (plan.unreadable() == UnreadableImages.KEEP) {
      cells.add(prepared.error());
    }
    return RowFactory.create(cells.toArray());
  }
}
