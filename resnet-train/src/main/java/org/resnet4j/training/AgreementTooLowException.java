package org.resnet4j.training;

import java.util.Locale;
import org.resnet4j.zoo.Certificate;

/** Thrown where a quantized model agrees with the model in FP32 less often than is required. */
public final class AgreementTooLowException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  private final transient Certificate certificate;

  AgreementTooLowException(String model, double bound, Certificate certificate) {
    super(
        String.format(
            Locale.ROOT,
            "%s: expected INT8 to agree with FP32 on at least %.4f of the images but it does on %s; calibrate with more images of the kind that it will see, or accept it (Quantization.force)",
            model,
            bound,
            certificate.agreement()));
    this.certificate = certificate;
  }

  /** Returns what was measured. */
  public Certificate certificate() {
    return certificate;
  }
}
