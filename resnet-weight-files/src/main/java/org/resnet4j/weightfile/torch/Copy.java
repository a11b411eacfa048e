package org.resnet4j.weightfile.torch;

/** Which weights to take where a training has saved two. */
public enum Copy {
  /** Those that it trained; the averaged ones if there are no others. */
  TRAINED,
  /** The exponential moving average ({@code state_dict_ema}, {@code model_ema} …). */
  AVERAGED
}
