package org.resnet4j.weightfile.torch;

/** The choice of weights when a training has saved two copies. */
public enum Copy {
  /** The trained weights, or the averaged ones if there are no others. */
  TRAINED,
  /** The exponential moving average ({@code state_dict_ema}, {@code model_ema} …). */
  AVERAGED
}
