@NullMarked
package org.resnet4j.onednn;

import org.jspecify.annotations.NullMarked;
