package org.resnet4j.onednn.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.resnet4j.onednn.ir.Value;

/** The context in which an operation emits a training step. */
public final class TrainingContext extends EmitContext {
  /**
   * The facts about the values of a program that its backward pass depends on.
   *
   * @param wanted the values that depend on a trained parameter
   * @param free the values that their only reader may overwrite
   * @param centred the values whose only reader subtracts their mean
   */
  record Facts(Set<Value> wanted, Set<Value> free, Set<Value> centred) {}

  private final Facts facts;
  private final Gradients gradients;
  private final LongSupplier seeds;
  private final List<AtomicLong> drawn = new ArrayList<>();

  TrainingContext(
      ImageLayout images, boolean bfloat16, boolean channelsLast, Facts facts, LongSupplier seeds) {
    super(images, bfloat16, channelsLast);
    this.facts = facts;
    this.seeds = seeds;
    gradients = new Gradients(this, facts.wanted);
  }

  /** Returns the seeds of one dropout, one for every step. */
  public LongSupplier seeds() {
    AtomicLong seed = new AtomicLong();
    drawn.add(seed);
    return seed::get;
  }

  /**
   * Draws the seeds of a step. The caller's thread draws them: Nd4j has a random generator for each
   * thread.
   */
  void drawSeeds() {
    drawn.forEach(seed -> seed.set(seeds.getAsLong()));
  }

  /** Returns whether the only reader of {@code value} may overwrite it. */
  public boolean isFree(Value value) {
    return facts.free.contains(value);
  }

  /**
   * Returns whether the gradient of a bias that was added to {@code value} is zero for all data,
   * because the only reader subtracts the mean.
   */
  public boolean isCentred(Value value) {
    return facts.centred.contains(value);
  }

  /** Returns whether {@code value} depends on a trained parameter. */
  public boolean wantsGradient(Value value) {
    return gradients.wants(value);
  }

  /**
   * Returns the backward pass of {@code output}, for its place in the reverse order: {@code pass},
   * with the gradient of {@code output}, unless no output of the network depends on it.
   */
  public Runnable backward(Value output, String layer, Consumer<Gradients.Part> pass) {
    return () -> {
      Gradients.Part gradient = gradients.take(output, layer);
      if (gradient != null) {
        pass.accept(gradient);
      }
    };
  }

  /**
   * Adds a contribution to the gradient of {@code value}.
   *
   * @param owned whether the buffer may be overwritten, as nothing else reads it
   */
  public void addGradient(Value value, Buffer buffer, boolean owned) {
    gradients.add(value, buffer, owned);
  }

  /**
   * Returns the buffer of {@code part} if it may be overwritten, else a new one of the same layout.
   */
  public Buffer gradientTarget(Gradients.Part part, String layer) {
    return gradients.target(part, layer);
  }
}
