/** Residual networks by name, pretrained weights, classification, features and fine-tuning. */
@NullMarked
package org.resnet4j.zoo;

import org.jspecify.annotations.NullMarked;
