/** Decodes image files and resizes, crops and flips images. */
@NullMarked
package org.resnet4j.image;

import org.jspecify.annotations.NullMarked;
