package org.resnet4j.image;

/**
 * An operation of the automatic augmentation policies, equal to torchvision 0.14's {@code
 * autoaugment._apply_op} of a PIL image. Of gray images, {@link #COLOR} changes nothing.
 */
enum ImageOperation {
  IDENTITY(Magnitude.NONE),
  SHEAR_X(Magnitude.SIGNED),
  SHEAR_Y(Magnitude.SIGNED),
  TRANSLATE_X(Magnitude.SIGNED),
  TRANSLATE_Y(Magnitude.SIGNED),
  ROTATE(Magnitude.SIGNED),
  BRIGHTNESS(Magnitude.SIGNED),
  COLOR(Magnitude.SIGNED),
  CONTRAST(Magnitude.SIGNED),
  SHARPNESS(Magnitude.SIGNED),
  POSTERIZE(Magnitude.POSITIVE),
  SOLARIZE(Magnitude.POSITIVE),
  AUTO_CONTRAST(Magnitude.NONE),
  EQUALIZE(Magnitude.NONE),
  INVERT(Magnitude.NONE);

  /** The values that an operation's magnitude takes. */
  enum Magnitude {
    NONE,
    POSITIVE,
    SIGNED
  }

  private final Magnitude kind;

  ImageOperation(Magnitude kind) {
    this.kind = kind;
  }

  Magnitude kind() {
    return kind;
  }

  /**
   * Returns the changed image, or {@code image} itself.
   *
   * @param magnitude tangent of a shear's angle; pixels of a translation, whose fraction is
   *     dropped; degrees of a rotation; for the four enhancements the factor less 1; bits kept by
   *     {@link #POSTERIZE}; lowest value that {@link #SOLARIZE} inverts
   */
  Image apply(Image image, double magnitude, Sampler sampler) {
    float factor = (float) (1.0 + magnitude);
    return switch (this) {
      case IDENTITY -> image;
      case SHEAR_X -> sampler.apply(image, Affine.shearX(magnitude));
      case SHEAR_Y -> sampler.apply(image, Affine.shearY(magnitude));
      case TRANSLATE_X -> sampler.translated(image, (int) magnitude, 0);
      case TRANSLATE_Y -> sampler.translated(image, 0, (int) magnitude);
      case ROTATE -> sampler.apply(image, Affine.rotation(magnitude, image.shape()));
      case BRIGHTNESS -> PointTables.brightened(image, factor);
      case COLOR -> Enhancements.coloured(image, factor);
      case CONTRAST -> PointTables.contrasted(image, factor);
      case SHARPNESS -> Enhancements.sharpened(image, factor);
      case POSTERIZE -> PointTables.posterized(image, (int) magnitude);
      case SOLARIZE -> PointTables.solarized(image, magnitude);
      case AUTO_CONTRAST -> PointTables.autoContrasted(image);
      case EQUALIZE -> PointTables.equalized(image);
      case INVERT -> PointTables.inverted(image);
    };
  }
}
